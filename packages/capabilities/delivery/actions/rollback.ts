import type { Actor } from '@causeway/engine';
import {
  BuildKind,
  type ObjectKey,
  PlatformError,
  productionEnvironment,
  type Release,
  ReleaseKind,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { judgeRelease } from '../../policy/release/judge-release.ts';
import type { Capabilities } from '../../settings.ts';

/**
 * Serves a kept release again: the one named (`payments-api.7` or `7`), or the newest one older than what serves. The pin
 * holds it against everything pushed or deployed until now; a newer push moves on. It is judged as if it were new: policies and
 * exceptions may be others than then. Throws `PolicyDenied`.
 */
export const rollback = async (
  capabilities: Capabilities,
  key: ObjectKey,
  to: string | undefined,
  actor: Actor,
): Promise<object> => {
  const { store, clock, decisions } = capabilities.engine;
  const service = await store.get(ServiceKind, key);
  const rolloutKey = { namespace: key.namespace, name: `${key.name}.${productionEnvironment}` };
  const rollout = store.peek(RolloutKind, rolloutKey);
  if (!rollout)
    throw new PlatformError('ReleaseNotFound', `${key.name} has never been released`, {
      next: 'Push to it first.',
    });
  const kept = store
    .peekAll(ReleaseKind, key.namespace, one => one.spec.service === key.name)
    .sort((a, b) => b.spec.sequence - a.spec.sequence);
  const release = choose(kept, key.name, to, rollout.status?.serving?.release);
  const { commit, sequence, artifact, build } = release.spec;
  const { decision, refusal } = await judgeRelease(capabilities, {
    service,
    name: release.metadata.name,
    commit,
    sequence,
    artifact,
    build: store.peek(BuildKind, { namespace: key.namespace, name: build }),
    environment: productionEnvironment,
    requestedBy: actor.user,
    time: new Date(clock.now()).toISOString(),
    context: capabilities.policies.context(key.namespace),
  });
  if (refusal) {
    await decisions.append(decision);
    throw refusal;
  }
  return store.mutate(
    RolloutKind,
    rolloutKey,
    one => ({
      ...one,
      spec: {
        ...one.spec,
        release: release.metadata.name,
        // A release that failed before is tried again when someone asks for it.
        attempt:
          one.status?.failed?.release === release.metadata.name ? one.spec.attempt + 1 : one.spec.attempt,
        pin: {
          sequence: service.status?.sequence ?? one.spec.sequence,
          reason: to ? `rollback to ${to}` : 'rollback',
          by: actor.user,
          at: new Date(clock.now()).toISOString(),
        },
      },
    }),
    actor,
    { decisions: [decision] },
  );
};

const choose = (
  kept: readonly Release[],
  service: string,
  to: string | undefined,
  serving: string | undefined,
): Release => {
  const offered = `Kept: ${kept.map(release => release.metadata.name).join(', ') || 'none'}.`;
  if (to !== undefined) {
    const name = /^\d+$/.test(to) ? `${service}.${to}` : to;
    const found = kept.find(release => release.metadata.name === name);
    if (!found)
      throw new PlatformError('ReleaseNotFound', `${service} keeps no release '${to.slice(0, 100)}'`, {
        evidence: [offered],
      });
    return found;
  }
  const current = kept.find(release => release.metadata.name === serving);
  const previous = kept.find(
    release => release.spec.sequence < (current?.spec.sequence ?? Number.POSITIVE_INFINITY),
  );
  if (!previous)
    throw new PlatformError(
      'ReleaseNotFound',
      `${service} keeps no release before ${serving ?? 'this one'}`,
      { evidence: [offered] },
    );
  return previous;
};
