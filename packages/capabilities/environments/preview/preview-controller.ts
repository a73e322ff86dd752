import { isDeepStrictEqual } from 'node:util';
import { type ControllerDefinition, defineController } from '@causeway/engine';
import {
  ChangeRequestKind,
  durationMs,
  type Environment,
  EnvironmentKind,
  type KindObject,
  type ObjectKey,
  PlatformError,
  RouteKind,
  type Service,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { requestsOf } from '../environment/traffic.ts';
import {
  createPreview,
  lastPushOf,
  previewLabel,
  previewsOf,
  refreshPreview,
  removePreview,
} from './preview-environment.ts';
import { type WantedPreview, wantedPreviews } from './wanted-previews.ts';

type Kept = NonNullable<NonNullable<Service['status']>['previews']>[number];

/** Whoever pushes tells at once; this is for what was not told, and for a quota that has room again. */
const lookAgainMs = 30_000;
/** A timer holds at most so long. */
const longestWaitMs = 6 * 60 * 60 * 1000;

/**
 * Each open change request of a service, or each of its branches, has an environment that follows it, as long as somebody pushes
 * or asks it something. One that has gone comes back with the next push.
 */
export const previewController = (capabilities: Capabilities): ControllerDefinition => {
  const { store } = capabilities.engine;
  const previewed = ({ metadata: { namespace = '', labels } }: KindObject): ObjectKey[] => {
    const name = labels?.[previewLabel];
    return name === undefined ? [] : [{ namespace, name }];
  };
  return defineController({
    name: 'preview',
    kind: ServiceKind,
    watches: [
      {
        kind: ChangeRequestKind,
        keys: ({ metadata, spec }) => [{ namespace: metadata.namespace ?? '', name: String(spec.service) }],
      },
      { kind: EnvironmentKind, keys: previewed },
      {
        kind: RouteKind,
        keys: ({ metadata: { namespace = '' }, spec }) => {
          const key = { namespace, name: String(spec.environment) };
          const environment = store.peek(EnvironmentKind, key);
          return environment ? previewed(environment) : [];
        },
      },
      {
        kind: TeamKind,
        keys: ({ metadata: { name: namespace } }) =>
          store
            .peekAll(
              ServiceKind,
              namespace,
              ({ status }) => status?.previews?.some(one => one.problem) ?? false,
            )
            .map(({ metadata: { name } }) => ({ namespace, name })),
      },
    ],
    async reconcile(key) {
      const service = store.peek(ServiceKind, key);
      if (!service || service.metadata.deletionTimestamp) return undefined;
      const { previews } = service.spec;
      if (!previews && !service.status?.previews) return undefined;
      const there = previewsOf(capabilities, key.namespace, key.name);
      const wanted = await wantedPreviews(capabilities, service);
      const named = new Set(wanted.map(({ name }) => name));
      for (const one of there) if (!named.has(one.metadata.name)) await removePreview(capabilities, one);
      const kept: Kept[] = [];
      const looks: number[] = [];
      for (const one of wanted) {
        const { state, lookMs } = await bringPreview(capabilities, service, one);
        kept.push(state);
        if (lookMs !== undefined) looks.push(lookMs);
      }
      await keep(capabilities, key, kept);
      if (previews?.for === 'branches' || kept.some(({ problem }) => problem !== undefined))
        looks.push(lookAgainMs);
      return looks.length > 0 ? { after: Math.min(longestWaitMs, ...looks) } : undefined;
    },
  });
};

interface Brought {
  readonly state: Kept;
  /** In how many milliseconds it may have idled away. */
  readonly lookMs?: number;
}

/** One preview: there and current, gone by now, or what is in its way. */
const bringPreview = async (
  capabilities: Capabilities,
  service: Service,
  wanted: WantedPreview,
): Promise<Brought> => {
  const { clock, store } = capabilities.engine;
  const { namespace = '', name: ofService } = service.metadata;
  const now = clock.now();
  const known = service.status?.previews?.find(({ name }) => name === wanted.name);
  const isPushed = known?.commit !== wanted.commit;
  const shown = {
    name: wanted.name,
    ...(wanted.change ? { changeRequest: wanted.change.metadata.name } : {}),
  };
  const pushedAt = known
    ? ((isPushed ? undefined : known.pushedAt) ?? new Date(now).toISOString())
    : await firstSeen(capabilities, service, wanted);
  const state: Kept = { ...shown, commit: wanted.commit, pushedAt };
  const environment = store.peek(EnvironmentKind, { namespace, name: wanted.name });
  try {
    if (environment && environment.metadata.labels?.[previewLabel] !== ofService)
      throw new PlatformError('AlreadyExists', `the name ${wanted.name} is taken by another environment`);
    if (environment?.metadata.deletionTimestamp)
      // What goes is gone first; a push meanwhile has it made again.
      return { state: known ?? shown };
    if (environment) {
      const idleMs = idleLeft(capabilities, service, environment, pushedAt, now);
      if (idleMs <= 0) await removePreview(capabilities, environment);
      else await refreshPreview(capabilities, service, wanted, environment);
      return { state, ...(idleMs > 0 ? { lookMs: idleMs } : {}) };
    }
    if (!isPushed) return { state: known ?? state };
    // A branch that lay idle before previews were switched on waits for a push.
    if (idleAfter(service, Date.parse(pushedAt)) <= now) return { state };
    await createPreview(capabilities, service, wanted);
    return { state };
  } catch (error) {
    const problem = error instanceof PlatformError && !error.entry.retry ? error : undefined;
    if (!problem) throw error;
    // A quota may have room soon; anything else is asked about again at the next push.
    if (problem.code === 'QuotaExceeded') return { state: { ...shown, problem: waitsForRoom(namespace) } };
    const words = `${problem.message}. ${problem.next}`.replace(/\s*\n\s*/g, ' ');
    return { state: { ...shown, problem: words, commit: wanted.commit, pushedAt } };
  }
};

const waitsForRoom = (team: string): string =>
  `${team} has as many environments as it may. It is made as soon as there is room: delete one (platform env list --team ${team}), or ask who runs the platform for more.`;

/** When the newest commit of a change was pushed that is looked at for the first time. Reflogs keep whole seconds. */
const firstSeen = async (
  capabilities: Capabilities,
  service: Service,
  wanted: WantedPreview,
): Promise<string> => {
  const now = capabilities.engine.clock.now();
  const push = await lastPushOf(capabilities, service, wanted);
  return new Date(push ? Math.min(now, Date.parse(push.at) + 999) : now).toISOString();
};

const idleAfter = (service: Service, since: number): number =>
  since + durationMs(service.spec.previews?.idle ?? '3d');

/** Milliseconds until nobody has pushed to it or asked it anything for so long as the service says. */
const idleLeft = (
  { engine }: Capabilities,
  service: Service,
  environment: Environment,
  pushedAt: string,
  now: number,
): number => {
  const { lastRequestAt = 0 } = requestsOf(engine, environment);
  return idleAfter(service, Math.max(Date.parse(pushedAt), lastRequestAt)) - now;
};

/** The service remembers which commits have had a preview. */
const keep = async (
  { engine: { store } }: Capabilities,
  key: ObjectKey,
  kept: readonly Kept[],
): Promise<void> => {
  const previews = kept.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await store.mutate(
    ServiceKind,
    key,
    one => {
      if (isDeepStrictEqual(one.status?.previews ?? [], previews)) return one;
      const { previews: _previews, ...status } = one.status ?? {};
      return { ...one, status: { ...status, ...(previews.length > 0 ? { previews } : {}) } };
    },
    controllerActor('preview'),
    { subresource: 'status' },
  );
};
