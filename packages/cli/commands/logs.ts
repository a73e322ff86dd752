import { BuildKind, PlatformError, ReplicaKind, ServiceKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { parseTargets } from '../resources/find-kind.ts';

interface Options {
  readonly follow?: boolean;
  readonly process?: string;
  readonly tail?: string;
}

const logged = [ServiceKind, BuildKind, ReplicaKind].map(kind => kind.plural);

export const run = async (invocation: Invocation<Options>, word: string): Promise<void> => {
  const { options, output, signal } = invocation;
  const { kind, name } = word.includes('/')
    ? (parseTargets(word, []).targets[0] ?? { kind: ServiceKind, name: word })
    : { kind: ServiceKind, name: word };
  if (!logged.includes(kind.plural))
    throw new PlatformError('Usage', `A ${kind.singular} has no log.`, {
      next: `These have: ${logged.join(', ')}.`,
    });
  if (options.tail !== undefined && !/^\d{1,6}$/.test(options.tail))
    throw new PlatformError('Usage', `--tail ${options.tail.slice(0, 20)} is no number of lines.`, {
      next: 'Write it as --tail 100.',
    });
  if (options.process !== undefined && kind.plural !== ServiceKind.plural)
    throw new PlatformError('Usage', '--process chooses among the processes of a service.', {
      next: 'Leave it out.',
    });
  const client = await invocation.client();
  const query = { follow: options.follow, tail: options.tail, process: options.process };
  const lines = client.stream(kind, await invocation.team(), name, 'log', query, signal);
  let any = false;
  try {
    for await (const line of lines) {
      any = true;
      // With a machine format each line is a document of its own, so that a log can be followed.
      output.stdout.write(output.machine ? `${JSON.stringify({ line })}\n` : `${line}\n`);
    }
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!(signal.aborted && options.follow)) throw error;
  }
  if (!any) output.note(`${name} has printed nothing yet.`);
};
