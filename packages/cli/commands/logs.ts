import { BuildKind, PlatformError, ReplicaKind, ServiceKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { parseTargets } from '../resources/find-kind.ts';
import { newestBuild } from '../resources/newest-build.ts';

interface Options {
  readonly follow?: boolean;
  readonly process?: string;
  readonly environment?: string;
  readonly tail?: string;
  readonly release?: string;
  readonly previous?: boolean;
  readonly build?: boolean;
}

/** Each of these chooses among the logs of a service. */
const checkChoice = ({ options }: Invocation<Options>, ofService: boolean): void => {
  const { process, environment, release, previous, build } = options;
  const given = Object.entries({ process, environment, release, previous, build }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  if (given.length > 0 && !ofService)
    throw new PlatformError('Usage', `${given.join(' and ')} chooses among the logs of a service.`, {
      next: 'Leave it out.',
    });
  const conflict = previous ? given.find(name => name === '--release' || name === '--build') : undefined;
  if (conflict !== undefined || (build && (process !== undefined || environment !== undefined)))
    throw new PlatformError('Usage', `${given.join(' and ')} do not go together.`, { next: 'Choose one.' });
};

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
  checkChoice(invocation, kind.plural === ServiceKind.plural);
  const client = await invocation.client();
  const { follow, tail, process, environment, release, previous, build } = options;
  const lines = build
    ? client.stream(
        BuildKind,
        await invocation.team(),
        await newestBuild(invocation, name, release),
        'log',
        { follow, tail },
        signal,
      )
    : client.stream(
        kind,
        await invocation.team(),
        name,
        'log',
        { follow, tail, process, environment, release, previous },
        signal,
      );
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
