import { type ControllerDefinition, defineController } from '@causeway/engine';
import {
  BuildKind,
  EnvironmentKind,
  type KindObject,
  keyOf,
  PlatformError,
  type Promotion,
  PromotionKind,
  ReleaseKind,
  RolloutKind,
  reportOf,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { judgeRelease } from '../../policy/release/judge-release.ts';
import type { Capabilities } from '../../settings.ts';
import { closedGates } from './gates.ts';
import { promoteRollout, serves } from './promote-rollout.ts';
import { isWaiting, reportPromotion } from './promotion-status.ts';

/** A timer holds at most so long. */
const longestWaitMs = 6 * 60 * 60 * 1000;

/**
 * A promotion waits until the gates of its environment are open, is judged by the policies for it, and then moves the rollout
 * there to the same release. It is decided once; whoever wants it again asks again.
 */
export const promotionController = (capabilities: Capabilities): ControllerDefinition => {
  const { store, clock } = capabilities.engine;
  const waiting = (namespace: string | undefined, which: (one: Promotion) => boolean) =>
    store.peekAll(PromotionKind, namespace, one => isWaiting(one) && which(one)).map(keyOf);
  return defineController({
    name: 'promotion',
    kind: PromotionKind,
    watches: [
      {
        kind: RolloutKind,
        keys: ({ metadata, spec }) => waiting(metadata.namespace, one => one.spec.service === spec.service),
      },
      {
        kind: EnvironmentKind,
        keys: ({ metadata }: KindObject) =>
          waiting(metadata.namespace, one => one.spec.environment === metadata.name),
      },
      { kind: TeamKind, keys: ({ metadata }) => waiting(metadata.name, () => true) },
    ],
    async reconcile(key) {
      const promotion = store.peek(PromotionKind, key);
      if (!promotion || promotion.metadata.deletionTimestamp || !isWaiting(promotion)) return undefined;
      const { engine } = capabilities;
      if (serves(store, promotion)) {
        await reportPromotion(engine, promotion, { phase: 'Promoted' });
        return undefined;
      }
      const missing = whatIsMissing(capabilities, promotion);
      if (missing) {
        await reportPromotion(engine, promotion, { phase: 'Refused', failure: reportOf(missing) });
        return undefined;
      }
      const now = clock.now();
      const closed = closedGates(store, promotion, now);
      if (closed.length === 0) return decide(capabilities, promotion);
      const waitsFor = closed.map(({ opensAt, ...gate }) => ({
        ...gate,
        ...(opensAt === undefined ? {} : { opensAt: new Date(opensAt).toISOString() }),
      }));
      await reportPromotion(engine, promotion, { phase: 'Waiting', waitsFor });
      const lefts = closed.flatMap(({ opensAt }) => (opensAt === undefined ? [] : [opensAt - now]));
      return lefts.length > 0 ? { after: Math.min(longestWaitMs, ...lefts) } : undefined;
    },
  });
};

const whatIsMissing = (
  { engine: { store } }: Capabilities,
  { metadata: { namespace = '' }, spec }: Promotion,
): PlatformError | undefined => {
  if (!store.peek(ReleaseKind, { namespace, name: spec.release }))
    return new PlatformError('ReleaseNotFound', `${spec.release} is not kept any more`);
  if (store.peek(EnvironmentKind, { namespace, name: spec.environment })?.spec.type !== 'standing')
    return new PlatformError('NotFound', `there is no standing environment ${spec.environment} any more`);
  return undefined;
};

/** All gates are open: the policies for the environment have the last word. */
const decide = async (capabilities: Capabilities, promotion: Promotion): Promise<undefined> => {
  const { engine, policies } = capabilities;
  const { store, clock } = engine;
  const { namespace = '' } = promotion.metadata;
  const { spec } = promotion;
  const service = store.peek(ServiceKind, { namespace, name: spec.service });
  const release = store.peek(ReleaseKind, { namespace, name: spec.release });
  if (!service || !release) return undefined;
  const { commit, sequence, artifact, build } = release.spec;
  const { decision, refusal } = await judgeRelease(capabilities, {
    service,
    name: spec.release,
    commit,
    sequence,
    artifact,
    build: store.peek(BuildKind, { namespace, name: build }),
    environment: spec.environment,
    requestedBy: spec.requestedBy,
    time: new Date(clock.now()).toISOString(),
    context: policies.context(namespace),
  });
  if (refusal) {
    await reportPromotion(
      engine,
      promotion,
      { phase: 'Refused', failure: reportOf(refusal), decision: decision.id },
      [decision],
    );
    return undefined;
  }
  await promoteRollout(store, promotion, release, [decision]);
  await reportPromotion(engine, promotion, { phase: 'Promoted', decision: decision.id });
  return undefined;
};
