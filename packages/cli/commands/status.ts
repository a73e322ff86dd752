import { storedCredentials } from '@causeway/client';
import { PlatformError } from '@causeway/model';
import { type PlatformStatus, status } from '@causeway/supervisor';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { ageOf } from '../output/age.ts';
import { printTable } from '../output/print-table.ts';

/** A platform elsewhere: only whether its API answers can be said. */
const showRemote = async (invocation: Invocation): Promise<void> => {
  const { output, signal } = invocation;
  const { server } = await invocation.credentials();
  await (await invocation.client()).request('GET', '/version', undefined, { signal });
  if (output.machine) return output.document({ api: server, processes: [] });
  output.line(`API  ${server} answers.`);
};

const showLocal = async ({ output, exitWith }: Invocation, known: PlatformStatus): Promise<void> => {
  const { api, gateway, data, supervisor, processes } = known;
  const running = processes.filter(({ state }) => state === 'running').length;
  if (running === 0 && supervisor.state === 'stopped') exitWith(exitCodes.unreachable);
  else if (running < processes.length || supervisor.state === 'stopped') exitWith(exitCodes.failed);
  if (output.machine) return output.document(known);
  output.line(`Portal, API, git  ${api}`);
  output.line(`Gateway           ${gateway}`);
  output.line(`Folder            ${data}`);
  output.line();
  const rows = processes.map(({ name, state, pid, restarts, since }) => [
    name,
    state,
    pid,
    restarts,
    ageOf(since, Date.now()),
  ]);
  printTable(
    output,
    ['Process', 'State', 'PID', 'Restarts', 'For'],
    [...rows, ['supervisor', supervisor.state, supervisor.pid, '', '']],
  );
};

export const run = async (invocation: Invocation): Promise<void> => {
  const data = await invocation.data();
  const known = await status({ data });
  if (known) return showLocal(invocation, known);
  if (invocation.env.CAUSEWAY_SERVER || (await storedCredentials(data))?.server.startsWith('https:'))
    return showRemote(invocation);
  throw new PlatformError('NotRunning', `No platform runs in ${data}.`);
};
