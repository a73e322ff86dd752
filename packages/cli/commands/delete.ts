import { waitUntil } from '@causeway/client';
import { type KindObject, PlatformError, ServiceKind, TeamKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import { waitTeller } from '../output/wait-teller.ts';
import { namespaceFor, parseTargets, type Target } from '../resources/find-kind.ts';

interface Options {
  readonly yes?: boolean;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

const goneWithinMs = 120_000;

/** Kinds whose end people would notice. */
const precious = [ServiceKind.plural, TeamKind.plural];

const textOf = ({ kind, name }: Target): string => `${kind.singular} '${name}'`;

const agreed = async (invocation: Invocation<Options>, targets: readonly Target[]): Promise<boolean> => {
  const { options, output, stdin, signal } = invocation;
  const lost = targets.filter(({ kind }) => precious.includes(kind.plural));
  const asking = { stdin, stderr: output.stderr, signal };
  if (options.yes || options.dryRun || lost.length === 0 || !canAsk(asking)) return true;
  return confirm(asking, `Delete ${lost.map(textOf).join(', ')} and everything that runs of it?`);
};

export const run = async (
  invocation: Invocation<Options>,
  kindWord: string,
  names: readonly string[],
): Promise<void> => {
  const { options, output, signal } = invocation;
  const { targets } = parseTargets(kindWord, names);
  if (targets.length === 0)
    throw new PlatformError('Usage', 'Nothing is named.', { next: `platform delete ${kindWord} NAME` });
  if (!(await agreed(invocation, targets))) return output.note('Nothing was deleted.');
  const client = await invocation.client();
  const team = await invocation.team();
  const deleted: { kind: string; name: string; deleted: boolean }[] = [];
  for (const target of targets) {
    const { kind, name } = target;
    const { dryRun = false, wait } = options;
    const namespace = namespaceFor(kind, team);
    const left = await client.resource(kind).delete(namespace, name, { dryRun, signal });
    const pending = left !== undefined && !dryRun;
    if (pending && wait) {
      const tell = waitTeller(output, left as KindObject);
      const isGone = (object: KindObject | undefined): boolean => {
        tell(object);
        return object?.metadata.uid !== left.metadata.uid;
      };
      await waitUntil(client, kind, namespace, name, isGone as (object: unknown) => boolean, {
        timeoutMs: goneWithinMs,
        signal,
      });
    }
    const gone = !dryRun && (wait || !pending);
    deleted.push({ kind: kind.kind, name, deleted: gone });
    output.line(
      dryRun
        ? `${textOf(target)} would be deleted (dry run)`
        : gone
          ? `✔ ${textOf(target)} deleted`
          : `${textOf(target)} is being deleted`,
    );
  }
  if (output.machine) await output.document(deleted);
};
