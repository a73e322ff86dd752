import type { Invocation } from '../invocation.ts';
import { version } from '../version.ts';

const answerWithinMs = 1000;

/** Of the server only when one is known and answers at once: the command must not wait for it. */
const serverVersion = async (
  invocation: Invocation,
): Promise<{ server: string; version: string } | undefined> => {
  try {
    const client = await invocation.client();
    const signal = AbortSignal.any([invocation.signal, AbortSignal.timeout(answerWithinMs)]);
    const { gitVersion = '' } = (await client.request('GET', '/version', undefined, { signal })) as {
      gitVersion?: string;
    };
    return { server: client.server, version: /\+causeway\.(.+)$/.exec(gitVersion)?.[1] ?? gitVersion };
  } catch {
    return undefined;
  }
};

export const run = async (invocation: Invocation): Promise<void> => {
  const { output } = invocation;
  const server = await serverVersion(invocation);
  if (output.machine)
    return output.document({
      version: version(),
      node: process.versions.node,
      ...(server ? { server } : {}),
    });
  output.line(`platform ${version()} (Node.js ${process.versions.node})`);
  if (server) output.line(`server   ${server.version} at ${server.server}`);
};
