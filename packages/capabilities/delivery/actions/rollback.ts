import type { Actor, Store } from '@causeway/engine';
import {
  BuildKind,
  EnvironmentKind,
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
import { standingEnvironments } from '../promotion/standing-environments.ts';
import type { StepType } from '../steps.ts';

/** What the ledger says of a release that has served. */
const servedSteps: readonly StepType[] = ['release.published', 'release.rolledback'];

/**
 * Serves a kept release again: the one named (`payments-api.7` or `7`), or the newest one older than what serves. The pin
 * holds it against everything pushed or deployed until now; a newer push moves on. It is judged as if it were new: policies and
 * exceptions may be others than then. In production, unless another standing environment is named. Throws `PolicyDenied`.
 */
export const rollback = async (
  capabilities: Capabilities,
  key: ObjectKey,
  to: string | undefined,
  actor: Actor,
  environment: string = productionEnvironment,
): Promise<object> => {
  const { store, clock, decisions } = capabilities.engine;
  const service = await store.get(ServiceKind, key);
  refuseTemporary(store, key.namespace, environment);
  const rolloutKey = { namespace: key.namespace, name: `${key.name}.${environment}` };
  const rollout = store.peek(RolloutKind, rolloutKey);
  if (!rollout)
    throw new PlatformError('ReleaseNotFound', `${key.name} has never been released in ${environment}`, {
      next:
        environment === productionEnvironment
          ? 'Push to it first.'
          : `Environments with it: ${environmentsOf(store, key).join(', ') || 'none'}.`,
    });
  const kept = store
    .peekAll(
      ReleaseKind,
      key.namespace,
      one => one.spec.service === key.name && one.spec.reason !== 'environment',
    )
    .sort((a, b) => b.spec.sequence - a.spec.sequence);
  const release = choose(kept, key.name, to, rollout.status?.serving?.release);
  await refuseUnproved(capabilities, key, release, environment);
  const { commit, sequence, artifact, build } = release.spec;
  const { decision, refusal } = await judgeRelease(capabilities, {
    service,
    name: release.metadata.name,
    commit,
    sequence,
    artifact,
    build: store.peek(BuildKind, { namespace: key.namespace, name: build }),
    environment,
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

const refuseTemporary = (store: Store, namespace: string, name: string): void => {
  const { type } = store.peek(EnvironmentKind, { namespace, name })?.spec ?? {};
  if (type !== undefined && type !== 'standing')
    throw new PlatformError('Invalid', `${name} is no standing environment: nothing is rolled back there`, {
      next: `Ask for another revision in it: platform env describe ${name}.`,
    });
};

/** Back is where it has been: what never served in an environment with gates gets there through them. */
const refuseUnproved = async (
  { engine: { store, ledger } }: Capabilities,
  { namespace, name }: ObjectKey,
  { metadata }: Release,
  environment: string,
): Promise<void> => {
  const { gates = [] } = store.peek(EnvironmentKind, { namespace, name: environment })?.spec ?? {};
  if (gates.length === 0) return;
  const entries = await ledger.read({ team: namespace, service: name, since: metadata.creationTimestamp });
  const served = entries.some(
    entry =>
      entry.environment === environment &&
      servedSteps.some(type => type === entry.type) &&
      entry.data?.release === metadata.name,
  );
  if (served) return;
  throw new PlatformError(
    'Forbidden',
    `${metadata.name} has never served in ${environment}, which has gates: it is not rolled back to, but promoted`,
    { next: `platform promote ${name} --to ${environment} --release ${metadata.name}` },
  );
};

/** Standing ones, in which it has been released. */
const environmentsOf = (store: Store, { namespace, name }: ObjectKey): readonly string[] =>
  standingEnvironments(store, namespace, name)
    .map(({ metadata }) => metadata.name)
    .filter(environment => store.peek(RolloutKind, { namespace, name: `${name}.${environment}` }));

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
