import { type Client, defaultTeam, storedCredentials } from '@causeway/client';
import { defaultPort, status } from '@causeway/supervisor';
import { allChecks } from '../doctor/all-checks.ts';
import { examine } from '../doctor/examine.ts';
import { hasProblems, printExaminations } from '../doctor/report.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

/** One that does not run refuses at once; one under load takes its time. */
const answerWithinMs = 10_000;

/** The client, if its platform answers: otherwise each check would find the same. */
const answering = async (invocation: Invocation): Promise<{ client?: Client }> => {
  try {
    const client = await invocation.client();
    const signal = AbortSignal.any([invocation.signal, AbortSignal.timeout(answerWithinMs)]);
    await client.request('GET', '/version', undefined, { signal });
    return { client };
  } catch {
    return {};
  }
};

const portOf = (api: string | undefined): number =>
  Number(api && URL.canParse(api) ? new URL(api).port : 0) || defaultPort;

export const run = async (invocation: Invocation): Promise<void> => {
  const { env, output, signal, exitWith } = invocation;
  const data = await invocation.data();
  const [known, stored, reached] = await Promise.all([
    status({ data }),
    storedCredentials(data).catch(() => undefined),
    answering(invocation),
  ]);
  const here =
    known &&
    (known.supervisor.state === 'running' || known.processes.some(({ state }) => state === 'running'));
  const about = {
    data,
    env,
    port: portOf(known?.api ?? stored?.server),
    team: invocation.options.team ?? stored?.team ?? defaultTeam,
    ...(here ? { processes: known.processes } : {}),
    ...reached,
  };
  const examinations = await examine(allChecks, about, signal);
  if (hasProblems(examinations)) exitWith(exitCodes.failed);
  if (output.machine) return output.document(examinations);
  printExaminations(output, examinations);
};
