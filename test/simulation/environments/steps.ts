import type { Batch, StoredChange } from '@causeway/engine';

interface Seen {
  readonly metadata: { readonly deletionTimestamp?: string; readonly finalizers?: readonly string[] };
  readonly status?: { readonly gone?: unknown; readonly phase?: string };
}

/** Each step on the way of an environment and back, as a commit shows it. */
const steps = {
  'killed as a request is taken': ({ kind, type }) => kind === 'environmentrequests' && type === 'ADDED',
  'killed as a request is held': ({ kind, type }, { metadata, status }) =>
    kind === 'environmentrequests' && type === 'MODIFIED' && !status && metadata.finalizers !== undefined,
  'killed as an environment is made': ({ kind, type }) => kind === 'environments' && type === 'ADDED',
  'killed as a build is made': ({ kind, type }) => kind === 'builds' && type === 'ADDED',
  'killed as a release is made': ({ kind, type }) => kind === 'releases' && type === 'ADDED',
  'killed as a rollout is made': ({ kind, type }) => kind === 'rollouts' && type === 'ADDED',
  'killed as a replica is made': ({ kind, type }) => kind === 'replicas' && type === 'ADDED',
  'killed as a route is made': ({ kind, type }) => kind === 'routes' && type === 'ADDED',
  'killed as a rollout begins to serve': ({ kind, type }, { status }) =>
    kind === 'rollouts' && type === 'MODIFIED' && status?.phase === 'Serving',
  'killed as an environment tells that it is ready': ({ kind, type }, { status }) =>
    kind === 'environments' && type === 'MODIFIED' && status?.phase === 'Ready',
  'killed as a request tells that it is ready': ({ kind, type }, { status }) =>
    kind === 'environmentrequests' && type === 'MODIFIED' && status?.phase === 'Ready',
  'killed as an environment falls asleep': ({ kind, type }, { status }) =>
    kind === 'rollouts' && type === 'MODIFIED' && status?.phase === 'Asleep',
  'killed as the end of an environment begins': ({ kind, type }, { metadata, status }) =>
    kind === 'environments' &&
    type === 'MODIFIED' &&
    metadata.deletionTimestamp !== undefined &&
    status?.phase !== 'Deleting',
  'killed as an environment tells what is left': ({ kind, type }, { status }) =>
    kind === 'environments' && type === 'MODIFIED' && status?.phase === 'Deleting',
  'killed as a rollout goes': ({ kind, type }) => kind === 'rollouts' && type === 'DELETED',
  'killed as a replica goes': ({ kind, type }) => kind === 'replicas' && type === 'DELETED',
  'killed as a route goes': ({ kind, type }) => kind === 'routes' && type === 'DELETED',
  'killed as a build goes': ({ kind, type }) => kind === 'builds' && type === 'DELETED',
  'killed as an environment goes': ({ kind, type }) => kind === 'environments' && type === 'DELETED',
  'killed as a request tells that it is gone': ({ kind, type }, { status }) =>
    kind === 'environmentrequests' && type === 'MODIFIED' && status?.gone !== undefined,
  'killed as a request goes': ({ kind, type }) => kind === 'environmentrequests' && type === 'DELETED',
} satisfies Record<string, (change: StoredChange, object: Seen) => boolean>;

export type StepName = keyof typeof steps;
export const stepNames = Object.keys(steps) as StepName[];

/** Whether a commit takes this step. */
export const takesStep = (name: StepName, { changes }: Batch): boolean => {
  const holds: (change: StoredChange, object: Seen) => boolean = steps[name];
  return changes.some(change => {
    const [plural = ''] = change.kind.split('.');
    return holds({ ...change, kind: plural }, JSON.parse(change.data) as Seen);
  });
};
