import { storedCredentials } from '@causeway/client';
import { PlatformError } from '@causeway/model';
import { type PlatformStatus, status } from '@causeway/supervisor';
import { exitCodes } from '../exit-codes.ts';
import { type HealthLine, readHealth } from '../health/read-health.ts';
import type { Invocation } from '../invocation.ts';
import { ageOf } from '../output/age.ts';
import { printTable } from '../output/print-table.ts';
import { safeLine } from '../output/safe-line.ts';

/** A platform elsewhere: only whether its API answers can be said. */
const showRemote = async (invocation: Invocation): Promise<void> => {
  const { output, signal } = invocation;
  const { server } = await invocation.credentials();
  await (await invocation.client()).request('GET', '/version', undefined, { signal });
  if (output.machine) return output.document({ api: server, processes: [] });
  output.line(`API  ${server} answers.`);
};

const answerWithinMs = 10_000;

/** What the server finds not well; nothing when it does not answer, which the table of processes shows. */
const healthOf = async ({ signal }: Invocation, { api, data }: PlatformStatus): Promise<HealthLine[]> => {
  const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
  return readHealth(data, Number(new URL(api).port), within).catch(() => []);
};

const showLocal = async (invocation: Invocation, known: PlatformStatus): Promise<void> => {
  const { output, exitWith } = invocation;
  const { api, gateway, data, supervisor, processes } = known;
  const running = processes.filter(({ state }) => state === 'running').length;
  if (running === 0 && supervisor.state === 'stopped') exitWith(exitCodes.unreachable);
  else if (running < processes.length || supervisor.state === 'stopped') exitWith(exitCodes.failed);
  const health = running > 0 ? await healthOf(invocation, known) : [];
  if (output.machine) return output.document({ ...known, health });
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
  const unwell = health.filter(({ state }) => state !== 'ok');
  if (unwell.length > 0) output.line();
  for (const { name, state, reason } of unwell) {
    const [paint, mark] = state === 'failed' ? (['red', '✘'] as const) : (['yellow', '!'] as const);
    output.line(`${output.paint(paint, mark)} ${name}${reason === undefined ? '' : `: ${safeLine(reason)}`}`);
  }
};

export const run = async (invocation: Invocation): Promise<void> => {
  const data = await invocation.data();
  const known = await status({ data });
  if (known) return showLocal(invocation, known);
  if (invocation.env.CAUSEWAY_SERVER || (await storedCredentials(data))?.server.startsWith('https:'))
    return showRemote(invocation);
  throw new PlatformError('NotRunning', `No platform runs in ${data}.`);
};
