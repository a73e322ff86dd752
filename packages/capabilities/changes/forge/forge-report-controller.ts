import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Forge, ReadLimits, TextFile } from '@causeway/contracts';
import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  type Check,
  EnvironmentRequestKind,
  isPlatformError,
  type KindObject,
  keyOf,
  type ObjectKey,
  type Plan,
  type Source,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { environmentsAfter, requestedIn } from './environments-of-plan.ts';
import { sourceOf } from './forge-changes-controller.ts';
import { forkAnnotation } from './observed-change.ts';
import { commentOf, countsOf, statusOf } from './report-text.ts';
import { type ConfiguredForge, type ForgeRepository, forgeOf } from './repository-in-forge.ts';

const actor = controllerActor('forge-report');
export const planContext = 'causeway/plan';

const limits: ReadLimits = { files: 1000, bytes: 16 * 1024 * 1024 };
/** What would happen also depends on what is there meanwhile. */
const planAgainMs = 10 * 60_000;

/** What reporting to forges is made from. */
export interface ForgeReporting {
  readonly engine: Engine;
  readonly forges: readonly ConfiguredForge[];
  /** What files of a source would do if they were applied; `undefined` where there are none, and were none. Paths are from the root. */
  plan(source: Source, commit: string, files: readonly TextFile[]): Promise<Plan | undefined>;
}

/** Why nothing is planned yet. A stranger’s files are not tried out before somebody has looked at them. */
const waitsFor = ({ metadata, status }: ChangeRequest): string | undefined =>
  metadata.annotations?.[forkAnnotation] === 'true' &&
  !status?.approvals?.some(({ commit }) => commit === status.head)
    ? 'It comes from a fork: it is planned once somebody who may write has approved this commit.'
    : undefined;

const filesOf = async (
  forge: Forge,
  repository: string,
  { spec: { folder } }: Source,
  commit: string,
  signal: AbortSignal,
): Promise<readonly TextFile[]> => {
  try {
    const files = await forge.read(repository, commit, folder, limits, signal);
    return files.map(({ path, text }) => ({ path: folder === '.' ? path : `${folder}/${path}`, text }));
  } catch (error) {
    if (isPlatformError(error, 'NotFound')) return [];
    throw error;
  }
};

const tooLarge = (commit: string, path: string, message: string): Plan => ({
  commit,
  allowed: false,
  changes: [],
  problems: [{ path, message }],
  policies: 0,
  quota: [],
});

const checkOf = (plan: Plan | undefined, waits: string | undefined): Check => {
  const { state, description } = statusOf(plan, waits);
  const states = { pending: 'Pending', success: 'Passed', failure: 'Failed' } as const;
  return { name: 'plan', state: states[state], message: description };
};

/**
 * Plans what merging a change of a forge would do, and keeps the one comment and the status of its newest commit there true: as
 * long as it is open, and afterwards as long as its environments change.
 */
export const forgeReportController = ({ engine, forges, plan }: ForgeReporting): ControllerDefinition => {
  const { store, clock } = engine;
  /** What was said last. After a restart everything is said again, which changes nothing. */
  const said = new Map<string, string>();
  const planned = new Map<string, number>();

  const planOf = async (
    change: ChangeRequest,
    source: Source,
    place: ForgeRepository,
    signal: AbortSignal,
  ): Promise<Plan | undefined> => {
    const { head: commit, plan: before, phase } = change.status ?? {};
    const { uid } = change.metadata;
    const fresh = clock.now() - (planned.get(uid) ?? 0) < planAgainMs;
    if (commit === undefined || phase !== 'Open') return before;
    if (before?.commit === commit && fresh) return before;
    const made = await filesOf(place.forge, place.repository, source, commit, signal).then(
      files => plan(source, commit, files),
      error => {
        if (!isPlatformError(error, 'TooLarge')) throw error;
        return tooLarge(commit, source.spec.folder, error.message);
      },
    );
    planned.set(uid, clock.now());
    return made;
  };

  const say = async (
    change: ChangeRequest,
    source: Source,
    { forge, repository }: ForgeRepository,
    waits: string | undefined,
    signal: AbortSignal,
  ): Promise<void> => {
    const { number } = change.spec;
    const { plan: made, phase, head } = change.status ?? {};
    const status = statusOf(made, waits);
    const text = commentOf(change, waits);
    const about = `${source.metadata.namespace}/${source.metadata.name}`;
    const digest = createHash('sha256')
      .update(JSON.stringify([status, text, head]))
      .digest('hex');
    if (said.get(change.metadata.uid) === digest) return;
    if (phase === 'Open' && head !== undefined)
      await forge.setStatus(
        repository,
        head,
        { context: planContext, ...status, ...(change.spec.forge ? { url: change.spec.forge.url } : {}) },
        signal,
      );
    if (made || waits !== undefined) await forge.comment(repository, number, about, text, signal);
    said.set(change.metadata.uid, digest);
  };

  return defineController({
    name: 'forge-report',
    kind: ChangeRequestKind,
    concurrency: 4,
    watches: [{ kind: EnvironmentRequestKind, keys: request => concerned(engine, request) }],
    async reconcile(key, signal) {
      const change = store.peek(ChangeRequestKind, key);
      if (!change?.spec.forge || change.metadata.deletionTimestamp) return undefined;
      const source = sourceOf(engine, change);
      const place = source && forgeOf(forges, source);
      if (!source || !place?.allowed || change.status?.phase === undefined) return undefined;
      const waits = change.status.phase === 'Open' ? waitsFor(change) : undefined;
      let next = change;
      let told: { ok: boolean; message: string; after?: number };
      try {
        const made = waits === undefined ? await planOf(change, source, place, signal) : undefined;
        const { plan: _before, ...rest } = change.status;
        next = { ...change, status: { ...rest, ...(made ? { plan: made } : {}) } };
        next = {
          ...next,
          status: {
            ...next.status,
            checks: [checkOf(made, waits)],
            environments: environmentsAfter(store, next),
          },
        };
        await say(next, source, place, waits, signal);
        told = { ok: true, message: `${change.spec.forge.name} shows ${made ? countsOf(made) : 'it'}` };
      } catch (error) {
        signal.throwIfAborted();
        if (!isPlatformError(error) || error.code === 'Conflict') throw error;
        const after = Math.max(30, error.retryAfterSeconds ?? 0) * 1000;
        told = { ok: false, message: `${error.message}. ${error.next}`, after };
      }
      await report(engine, key, change, next, told);
      if (told.after !== undefined) return { after: told.after };
      if (change.status.phase !== 'Open') planned.delete(change.metadata.uid);
      return change.status.phase === 'Open' ? { after: planAgainMs } : undefined;
    },
  });
};

/** Change requests that asked for an environment. */
const concerned = ({ store }: Engine, request: KindObject): readonly ObjectKey[] =>
  store
    .peekAll(
      ChangeRequestKind,
      request.metadata.namespace,
      change => change.spec.forge !== undefined && requestedIn(change).includes(request.metadata.name),
    )
    .map(keyOf);

/** One write, of what was found for the commit that was looked at; if there is a newer one, it is looked at next. */
const report = async (
  { store, clock }: Engine,
  key: ObjectKey,
  before: ChangeRequest,
  { status: found }: ChangeRequest,
  { ok, message }: { ok: boolean; message: string },
): Promise<void> => {
  const now = new Date(clock.now()).toISOString();
  await store
    .mutate(
      ChangeRequestKind,
      key,
      current => {
        const { plan: _old, ...rest } = current.status ?? {};
        const isOther =
          current.status?.head !== before.status?.head || current.status?.phase !== before.status?.phase;
        const status = isOther
          ? current.status
          : {
              ...rest,
              ...(found?.plan ? { plan: found.plan } : {}),
              ...(found?.checks ? { checks: found.checks } : {}),
              ...(found?.environments ? { environments: found.environments } : {}),
            };
        const next = {
          ...current,
          status: {
            ...status,
            conditions: withCondition(
              current.status?.conditions,
              {
                type: 'Reported',
                status: ok ? 'True' : 'False',
                reason: ok ? 'Shown' : 'ForgeNotTold',
                message,
              },
              now,
            ),
          },
        };
        return isDeepStrictEqual(next, current) ? current : next;
      },
      actor,
      { subresource: 'status' },
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
