import { type Build, type FailureReport, findCondition, type Rollout, type Service } from '@causeway/model';

/** What is known at one moment of a service and of the change under way. */
export interface DeliveryState {
  readonly service?: Service | undefined;
  /** The newest build, or the one that is followed. */
  readonly build?: Build;
  readonly rollout?: Rollout;
}

export type StepState = 'Running' | 'Succeeded' | 'Failed' | 'Skipped';

/** One step of a change, for people. */
export interface DeliveryStep {
  /** `repository`, a step of the build (`install`, `test`, …), or `rollout`. */
  readonly name: string;
  readonly state: StepState;
  readonly message: string;
  /** How long it took, once it has ended and where the platform says so. */
  readonly seconds?: number;
}

const secondsOf = (from: string | undefined, to: string | undefined): { seconds?: number } =>
  from && to ? { seconds: Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) } : {};

const repositoryStep = ({ status }: Service): DeliveryStep => {
  const cloneUrl = status?.cloneUrl;
  const refused = findCondition(status?.conditions, 'RepositoryReady');
  if (refused?.status === 'False') return { name: 'repository', state: 'Failed', message: refused.message };
  return cloneUrl
    ? { name: 'repository', state: 'Succeeded', message: cloneUrl }
    : { name: 'repository', state: 'Running', message: 'creating it' };
};

const buildSteps = ({ metadata, status = {} }: Build): DeliveryStep[] => {
  const { phase = 'Pending', steps = [], failure } = status;
  const told = steps.map(({ name, state, message, startedAt, finishedAt }) => ({
    name,
    state,
    message: message ?? '',
    ...(state === 'Skipped' ? {} : secondsOf(startedAt, finishedAt)),
  }));
  if (phase === 'Superseded')
    return [
      { name: 'build', state: 'Skipped', message: `${status.supersededBy ?? 'a newer push'} took its place` },
    ];
  if (phase === 'Failed' && !told.some(step => step.state === 'Failed'))
    return [
      ...told,
      { name: 'build', state: 'Failed', message: failure?.message ?? `${metadata.name} failed` },
    ];
  if (told.length > 0) return told;
  return phase === 'Pending' ? [{ name: 'queue', state: 'Running', message: 'waiting for an agent' }] : [];
};

/** What a rollout does for the release it is asked for; another phase still speaks of the one before. */
const rolloutWork: Readonly<Record<string, string>> = {
  Starting: 'starting',
  Switching: 'switching traffic to',
  Checking: 'checking',
};

/** The failure of what the rollout is asked for now; one of an earlier attempt is history. */
export const rolloutFailure = ({ spec, status }: Rollout): FailureReport | undefined => {
  const failed = status?.failed;
  const current =
    failed?.release === spec.release && failed.sequence === spec.sequence && failed.attempt === spec.attempt;
  return current ? failed.failure : undefined;
};

/** The release that is asked for takes the traffic. */
export const isServing = ({ spec, status }: Rollout): boolean =>
  status?.serving?.release === spec.release && (status.phase === 'Serving' || status.phase === 'Draining');

const rolloutStep = (rollout: Rollout): DeliveryStep => {
  const failure = rolloutFailure(rollout);
  if (failure) return { name: 'rollout', state: 'Failed', message: failure.message };
  const { release } = rollout.spec;
  const { phase = '', target, serving } = rollout.status ?? {};
  if (!isServing(rollout))
    return { name: 'rollout', state: 'Running', message: `${rolloutWork[phase] ?? 'preparing'} ${release}` };
  const began = target?.release === release ? target.startedAt : undefined;
  return {
    name: 'rollout',
    state: 'Succeeded',
    message: `${release} serves`,
    ...secondsOf(began, serving?.since),
  };
};

/** All steps so far, in their order. A rollout that belongs to an older change than the build, or than a sequence, is left out. */
export const stepsOf = ({ service, build, rollout }: DeliveryState, since = 0): DeliveryStep[] => {
  const steps: DeliveryStep[] = service ? [repositoryStep(service)] : [];
  if (build) steps.push(...buildSteps(build));
  if (rollout && rollout.spec.sequence >= (build?.spec.sequence ?? since)) steps.push(rolloutStep(rollout));
  return steps;
};
