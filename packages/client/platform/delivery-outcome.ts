import {
  type FailureReport,
  findCondition,
  isTrue,
  PlatformError,
  productionEnvironment,
  type Service,
} from '@causeway/model';
import { type DeliveryState, isServing, rolloutFailure } from './delivery-steps.ts';

/** Looks at a state: the answer once there is one, `undefined` while it is too early; throws what failed. */
export type Judge = (state: DeliveryState) => true | undefined;

const failureError = ({ code, message, evidence, next }: FailureReport): PlatformError =>
  new PlatformError(code, message, { evidence, next });

/** The condition that says whether the repository is there, begun from its template. */
const repositoryReady = 'RepositoryReady';

const creationError = ({ metadata, status }: Service): PlatformError => {
  if (status?.failure) return failureError(status.failure);
  const repository = findCondition(status?.conditions, repositoryReady);
  const condition = repository?.status === 'False' ? repository : findCondition(status?.conditions, 'Ready');
  return new PlatformError('Invalid', condition?.message ?? `${metadata.name} failed.`, {
    evidence: condition ? [`${condition.type} is ${condition.status}: ${condition.reason}`] : [],
    next: `See \`platform describe service ${metadata.name}\`.`,
  });
};

/** A new service is done when it serves; one whose template has nothing to run, when its repository is ready. */
export const judgeCreation =
  (expectsRelease: boolean): Judge =>
  ({ service, build, rollout }) => {
    if (service?.status?.phase === 'Failed') throw creationError(service);
    if (!expectsRelease) return service && isTrue(service, repositoryReady) ? true : undefined;
    const { environments } = build?.status ?? {};
    if (environments && !environments.some(({ name }) => name === productionEnvironment))
      return environments.length === 0 || (rollout && isServing(rollout)) ? true : undefined;
    return service?.status?.phase === 'Running' && service.status.url ? true : undefined;
  };

/** A deploy is done when the release of its sequence serves. */
export const judgeDeploy =
  (name: string, sequence: number): Judge =>
  ({ service, build, rollout }) => {
    if (build?.status?.phase === 'Failed' && build.status.failure) throw failureError(build.status.failure);
    const { environments } = build?.status ?? {};
    const refused = environments?.find(one => one.refused)?.refused;
    if (refused) throw failureError(refused);
    // Nothing takes pushes: the release is there, to be promoted.
    if (environments?.length === 0) return true;
    const newer =
      build?.status?.supersededBy ??
      (rollout && rollout.spec.sequence > sequence ? rollout.spec.release : undefined);
    if (newer !== undefined)
      throw new PlatformError('Conflict', `${name}.${sequence} was not released: ${newer} is newer.`, {
        next: `Watch the newer one: \`platform get builds\`, \`platform describe service ${name}\`.`,
      });
    const { pin } = rollout?.spec ?? {};
    if (pin && pin.sequence >= sequence)
      throw new PlatformError(
        'Conflict',
        `${name}.${sequence} was not released: ${pin.by} rolled back to ${rollout?.spec.release}.`,
        {
          next: `Deploy again to leave the rollback: \`platform deploy ${name}\`.`,
        },
      );
    if (rollout?.spec.sequence !== sequence) return undefined;
    return judgeServing(rollout.spec.release)({ service, rollout });
  };

/** A rollback or promotion is done when the release it asks for serves; the service itself tells that of production. */
export const judgeServing =
  (release: string): Judge =>
  ({ service, rollout }) => {
    if (rollout?.spec.release !== release) return undefined;
    const failure = rolloutFailure(rollout);
    if (failure) throw failureError(failure);
    const isKnown =
      rollout.spec.environment !== productionEnvironment || service?.status?.release === release;
    return isServing(rollout) && isKnown ? true : undefined;
  };

/** A change of settings is done when production serves another configuration than those of before: served, or failed. */
export const judgeReconfiguration =
  (before: readonly (string | undefined)[]): Judge =>
  ({ rollout }) => {
    const { serving, failed } = rollout?.status ?? {};
    if (failed && !before.includes(failed.configuration)) throw failureError(failed.failure);
    return rollout && serving && !before.includes(serving.configuration) && isServing(rollout)
      ? true
      : undefined;
  };
