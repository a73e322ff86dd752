import { waitUntil } from '@causeway/client';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  type KindObject,
  PlatformError,
  productionEnvironment,
} from '@causeway/model';
import { type FoundEnvironment, findEnvironment, subjectOf } from '../environments/find-environment.ts';
import type { Invocation } from '../invocation.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import { waitTeller } from '../output/wait-teller.ts';

interface Options {
  readonly yes?: boolean;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

const goneWithinMs = 120_000;

/** What goes with it. */
const contents = (found: FoundEnvironment): string => {
  const names = (subjectOf(found).spec.services ?? []).map(({ name }) => name);
  return names.length === 0 ? 'everything in it' : `what runs in it: ${names.join(', ')}`;
};

const agreed = async (invocation: Invocation<Options>, found: FoundEnvironment): Promise<boolean> => {
  const { options, output, stdin, signal } = invocation;
  const asking = { stdin, stderr: output.stderr, signal };
  if (options.yes || options.dryRun || !canAsk(asking)) return true;
  return confirm(
    asking,
    found.name === productionEnvironment
      ? `Reset the settings of '${found.name}'?`
      : `Delete environment '${found.name}' and ${contents(found)}?`,
  );
};

/** What was done, in a line. Production is there again at once, as at first: services are served in it all the time. */
const outcome = (found: FoundEnvironment, done: 'would be' | 'is being' | 'is'): string => {
  const { name } = found;
  const text =
    name === productionEnvironment
      ? `The settings of '${name}' ${done.replace('is', 'are')} reset; what serves in it goes on`
      : `Environment '${name}' ${done === 'is' ? '' : `${done} `}deleted, with ${contents(found)}`;
  return `${done === 'is' ? '✔ ' : ''}${text}${done === 'would be' ? ' (dry run)' : ''}`;
};

/** The file that asks for it: `platform/staging.yaml of payments-api`. */
const fileOf = (found: FoundEnvironment): string | undefined => {
  const { annotations = {} } = subjectOf(found).metadata;
  const path = annotations['causeway.dev/source-path'];
  const source = annotations['causeway.dev/source'];
  return path && (source ? `${path} of ${source}` : path);
};

/**
 * What is deleted: the request, so that nothing asks for the environment again. One that a file keeps up would be back at once:
 * then it is the environment, and the request says that it is gone.
 */
const kindFor = ({ name, request, environment }: FoundEnvironment, file: string | undefined) => {
  if (!request) return EnvironmentKind;
  if (file === undefined) return EnvironmentRequestKind;
  if (environment) return EnvironmentKind;
  throw new PlatformError('Conflict', `The environment '${name}' is gone; its file ${file} is still there.`, {
    next: 'Remove the file and push: then the request goes, too.',
  });
};

export const run = async (invocation: Invocation<Options>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  const { dryRun = false, wait } = options;
  const client = await invocation.client();
  const team = await invocation.team();
  const found = await findEnvironment(client, team, name, signal);
  const file = fileOf(found);
  const kind = kindFor(found, file);
  if (file !== undefined)
    output.warn(`It comes from the file ${file}: remove that as well, or a change of it asks for it again.`);
  if (!(await agreed(invocation, found))) return output.note('Nothing was deleted.');
  const left = (await client.resource(kind).delete(team, name, { dryRun, signal })) as KindObject | undefined;
  const pending = left !== undefined && !dryRun;
  if (pending && wait) {
    const tell = waitTeller(output, left);
    const isGone = (object: unknown): boolean => {
      tell(object as KindObject | undefined);
      return (object as KindObject | undefined)?.metadata.uid !== left.metadata.uid;
    };
    await waitUntil(client, kind, team, name, isGone, { timeoutMs: goneWithinMs, signal });
  }
  const deleted = !dryRun && (wait || !pending);
  if (output.machine) return output.document({ name, deleted });
  output.line(outcome(found, dryRun ? 'would be' : deleted ? 'is' : 'is being'));
};
