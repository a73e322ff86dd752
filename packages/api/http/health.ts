import { type Call, sendText } from './call.ts';

/** Why the server cannot work now, in a few words; `undefined` when it can. */
export type Ready = () => Promise<string | undefined>;

export const isHealthPath = (path: string): boolean =>
  path === '/readyz' || path === '/livez' || path === '/healthz';

/** /livez and /healthz: the process answers. /readyz: it can also do its work. Open to all. */
export const serveHealth = async (call: Call, ready: Ready): Promise<void> => {
  const problem = call.path === '/readyz' ? await ready().catch(() => 'the check failed') : undefined;
  if (problem === undefined) sendText(call, 200, 'text/plain; charset=utf-8', 'ok');
  else {
    call.response.setHeader('retry-after', '1');
    sendText(call, 503, 'text/plain; charset=utf-8', `not ready: ${problem}\n`);
  }
};
