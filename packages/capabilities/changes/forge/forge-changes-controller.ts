import type { Forge, ForgeChange } from '@causeway/contracts';
import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  durationMs,
  isPlatformError,
  keyOf,
  type Source,
  SourceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { controllerActor } from '../../platform-actor.ts';
import { haveLookedAt } from './look-at.ts';
import { changeRequestFor, lostChange, withSpec, withStatus } from './observed-change.ts';
import { type ConfiguredForge, forgeOf, mayNotName } from './repository-in-forge.ts';

const actor = controllerActor('forge-changes');

const knownOf = ({ store }: Engine, source: Source, forge: Forge): ChangeRequest[] =>
  store.peekAll(
    ChangeRequestKind,
    source.metadata.namespace,
    ({ spec }) => spec.service === source.metadata.name && spec.forge?.name === forge.name,
  );

const isOpen = ({ status }: ChangeRequest): boolean => status?.phase === undefined || status.phase === 'Open';

/** Makes one change request say what its forge says. */
const observe = async (
  { store }: Engine,
  forge: Forge,
  source: Source,
  change: ForgeChange,
): Promise<void> => {
  const wanted = changeRequestFor(forge, source, change);
  await createOnce(store, ChangeRequestKind, wanted, actor);
  const key = { namespace: source.metadata.namespace ?? '', name: wanted.metadata.name };
  // One of a service’s own repository, or of another forge, may have the name: that stays what it is.
  const isIts = ({ spec }: ChangeRequest): boolean => spec.forge?.name === forge.name;
  const stored = await store.mutate(
    ChangeRequestKind,
    key,
    current => (isIts(current) ? withSpec(current, forge, source, change) : current),
    actor,
  );
  if (!isIts(stored)) return;
  const before = store.peek(ChangeRequestKind, key)?.status?.phase;
  await store.mutate(
    ChangeRequestKind,
    key,
    current => (isIts(current) ? withStatus(current, change) : current),
    actor,
    { subresource: 'status' },
  );
  if (change.merged && before !== 'Merged') await haveLookedAt(store, source, change.merged.commit);
};

/**
 * Has a change request for each that is open in the forge for a source’s branch, and says what became of those that were. It
 * looks by itself as often as the source says, so that a webhook only makes it sooner.
 */
export const forgeChangesController = (
  engine: Engine,
  forges: readonly ConfiguredForge[],
): ControllerDefinition =>
  defineController({
    name: 'forge-changes',
    kind: SourceKind,
    concurrency: 4,
    async reconcile(key, signal) {
      const source = engine.store.peek(SourceKind, key);
      const place = source && !source.metadata.deletionTimestamp ? forgeOf(forges, source) : undefined;
      if (!source || !place) return undefined;
      const { forge, repository, allowed } = place;
      if (!allowed) {
        engine.recordEvent(source, 'Warning', 'RepositoryNotAllowed', mayNotName(key.namespace, place));
        return undefined;
      }
      const known = knownOf(engine, source, forge);
      const open = known.filter(isOpen);
      const usual = durationMs(source.spec.interval);
      try {
        const numbers = open.map(({ spec }) => spec.number);
        const found = await forge.changes(repository, numbers, signal);
        const ours = new Set(known.map(({ spec }) => spec.number));
        for (const change of found)
          if (change.base.branch === source.spec.branch || ours.has(change.number))
            await observe(engine, forge, source, change);
        for (const lost of open)
          if (!found.some(({ number }) => number === lost.spec.number))
            await observe(engine, forge, source, lostChange(lost));
        return { after: usual };
      } catch (error) {
        signal.throwIfAborted();
        if (!isPlatformError(error) || error.code === 'Conflict') throw error;
        engine.recordEvent(source, 'Warning', 'ForgeNotRead', `${error.message}. ${error.next}`);
        return { after: Math.max(usual, (error.retryAfterSeconds ?? 0) * 1000) };
      }
    },
  });

/** The source that a change request of a forge was seen for. */
export const sourceOf = ({ store }: Pick<Engine, 'store'>, change: ChangeRequest): Source | undefined =>
  store.peek(SourceKind, { ...keyOf(change), name: change.spec.service });
