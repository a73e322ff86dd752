import { ask } from '../ask.ts';
import { type Check, type Examined, type Finding, ok, problem, skipped } from '../check.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The state that the supervisor gives to a process that does its work. */
const working = new Set(['running', 'ready']);

const logFix = (data: string, name: string): string =>
  `Its log says why: ${data}/logs/platform/${name}.log. The supervisor restarts it; \`platform down\`, then \`platform up\` starts everything anew.`;

const processFinding = (
  { data }: Examined,
  { name, pid, state }: NonNullable<Examined['processes']>[number],
): Finding => {
  if (!working.has(state.toLowerCase())) return problem(`${name} is ${state}.`, logFix(data, name));
  if (pid !== undefined && !isAlive(pid))
    return problem(`${name} should run and does not.`, logFix(data, name), [`pid ${pid} is gone`]);
  return ok(`${name} runs${pid === undefined ? '' : ` (pid ${pid})`}.`);
};

const answers = async (
  what: string,
  port: number,
  path: string,
  expected: (status: number) => boolean,
  { signal, data }: Examined,
): Promise<Finding> => {
  try {
    const began = performance.now();
    const { status, body } = await ask(port, path, signal);
    const took = Math.round(performance.now() - began);
    return expected(status)
      ? ok(`The ${what} answers in ${took} ms.`)
      : problem(
          `The ${what} is not well: it answers ${status}.`,
          logFix(data, what === 'API' ? 'server' : what),
          [body.trim().slice(0, 200)],
        );
  } catch (error) {
    return problem(
      `The ${what} does not answer on port ${port}.`,
      logFix(data, what === 'API' ? 'server' : what),
      [(error as Error).message],
    );
  }
};

export const processes: Check = {
  name: 'processes',
  async run(examined) {
    const { processes: known, port } = examined;
    if (!known) return skipped('The platform does not run on this machine; `platform up` starts it.');
    return Promise.all([
      ...known.map(one => processFinding(examined, one)),
      answers('API', port, '/readyz', status => status === 200, examined),
      // No service has the address itself: any answer of its own shows that it works.
      answers('gateway', port + 10, '/', status => status < 500, examined),
    ]);
  },
};
