import { type Call, flag, sendText } from './call.ts';

/** One thing that must be well. */
export interface HealthCheck {
  /** A word in lower case: `/readyz/NAME`. */
  readonly name: string;
  /** `true`: the server still does its work without it; told, but no reason to send nobody here. */
  readonly advisory?: boolean;
  /** Why it is not well, in a few words that a person can act on; `undefined` when it is. Throwing is not being well. */
  run(): Promise<string | undefined>;
}

export interface HealthResult {
  readonly name: string;
  readonly advisory: boolean;
  readonly problem: string | undefined;
}

const withinMs = 5_000;

const late = (): Promise<string> =>
  new Promise(resolve => {
    setTimeout(resolve, withinMs, `no answer within ${withinMs / 1000} s`).unref();
  });

const examine = async ({ name, advisory = false, run }: HealthCheck): Promise<HealthResult> => {
  const problem = await Promise.race([run(), late()]).catch(
    error => (error as Error).message || 'the check failed',
  );
  return { name, advisory, problem };
};

const ping: HealthCheck = { name: 'ping', run: async () => undefined };

const pathForm = /^\/(livez|healthz|readyz)(?:\/([a-z-]+))?$/;

export const isHealthPath = (path: string): boolean => pathForm.test(path);

const resultLine = (
  { name, advisory, problem }: HealthResult,
  reason: (problem: string) => string,
): string =>
  problem === undefined
    ? `[+]${name} ok`
    : `${advisory ? '[!]' : '[-]'}${name} ${advisory ? 'not well' : 'failed'}: ${reason(problem)}`;

const send = (call: Call, healthy: boolean, text: string): void => {
  if (!healthy) call.response.setHeader('retry-after', '1');
  sendText(call, healthy ? 200 : 503, 'text/plain; charset=utf-8', text);
};

/**
 * As the kube-apiserver: /livez and /healthz say that the process answers, /readyz that it can do its work; with `?verbose` a line a
 * check, also of those that are only told, `?exclude=NAME` leaves one out, `/readyz/NAME` asks one. Open to all, who learn which check is not well;
 * why, only whoever `mayKnow`.
 */
export const serveHealth = async (
  call: Call,
  checks: readonly HealthCheck[],
  mayKnow: () => Promise<boolean>,
): Promise<void> => {
  const [, endpoint = '', only] = pathForm.exec(call.path) ?? [];
  const excluded = new Set(call.query.getAll('exclude'));
  const known = endpoint === 'readyz' ? [ping, ...checks] : [ping];
  const verbose = flag(call.query, 'verbose');
  const asked = known.filter(({ name, advisory }) =>
    only === undefined ? !excluded.has(name) && (verbose || !advisory) : name === only,
  );
  if (asked.length === 0) return sendText(call, 404, 'text/plain; charset=utf-8', 'there is no such check\n');
  const results = await Promise.all(asked.map(examine));
  const failed = results.filter(
    ({ problem, advisory }) => problem !== undefined && (!advisory || only !== undefined),
  );
  const healthy = failed.length === 0;
  if (healthy && !verbose) return send(call, true, 'ok');
  const told = await mayKnow();
  const lines = results.map(result => resultLine(result, problem => (told ? problem : 'reason withheld')));
  send(call, healthy, `${[...lines, `${endpoint} check ${healthy ? 'passed' : 'failed'}`].join('\n')}\n`);
};
