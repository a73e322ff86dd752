import type { Forge, ForgeChange } from '@causeway/contracts';
import type { ChangeRequest, NewObject, Source } from '@causeway/model';
import { ownedBy } from '../../owned-by.ts';

/** On a change whose commits lie in somebody’s own copy of the repository. */
export const forkAnnotation = 'causeway.dev/from-a-fork';

type Status = NonNullable<ChangeRequest['status']>;

const longestTitle = 300;
const longestDescription = 60_000;
const mostApprovals = 100;
/** Of paths together: an object holds a megabyte. */
const mostPathCharacters = 128 * 1024;

const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();

const specOf = (forge: Forge, source: Source, change: ForgeChange): ChangeRequest['spec'] => ({
  service: source.metadata.name,
  number: change.number,
  source: cut(change.head.branch, longestTitle),
  target: change.base.branch,
  title: cut(change.title, longestTitle),
  ...(change.description === '' ? {} : { description: cut(change.description, longestDescription) }),
  author: change.author,
  forge: { name: forge.name, url: change.url },
  closed: change.state === 'Closed',
});

/** The object for a change that a forge has. */
export const changeRequestFor = (forge: Forge, source: Source, change: ForgeChange): NewObject => ({
  metadata: {
    name: `${source.metadata.name}.${change.number}`,
    namespace: source.metadata.namespace ?? '',
    ownerReferences: [ownedBy(source)],
    ...(change.head.fork ? { annotations: { [forkAnnotation]: 'true' } } : {}),
  },
  spec: specOf(forge, source, change),
});

/** What people changed in the forge since: a title, a description, the branch it is for. */
export const withSpec = (
  current: ChangeRequest,
  forge: Forge,
  source: Source,
  change: ForgeChange,
): ChangeRequest => ({ ...current, spec: specOf(forge, source, change) });

const fitting = (files: ForgeChange['files']): ForgeChange['files'] => {
  let left = mostPathCharacters;
  const end = files.findIndex(({ path }) => {
    left -= path.length;
    return left < 0;
  });
  return end < 0 ? files : files.slice(0, end);
};

/** What the forge says of a change, in the words of a change request. */
export const withStatus = (current: ChangeRequest, change: ForgeChange): ChangeRequest => {
  const { head, base, state, approvals, refusals, merged, files } = change;
  const status: Status = {
    ...current.status,
    phase: state,
    head: head.commit,
    base: base.commit,
    files: fitting(files).map(file => ({ ...file })),
    approvals: approvals.slice(-mostApprovals).map(one => ({ ...one })),
    mergeable:
      state !== 'Open'
        ? { ready: false, message: state === 'Merged' ? 'it is merged' : 'it is closed' }
        : refusals.length > 0
          ? { ready: false, message: `${refusals.slice(0, 5).join(', ')} asked for something else` }
          : { ready: true, message: 'the forge decides' },
    ...(merged ? { merged: { ...merged, method: 'merge' as const } } : {}),
  };
  return { ...current, status };
};

/** A change that its forge has no longer. */
export const lostChange = ({ spec, status }: ChangeRequest): ForgeChange => ({
  number: spec.number,
  url: spec.forge?.url ?? '',
  state: 'Closed',
  title: spec.title,
  description: spec.description ?? '',
  author: spec.author,
  head: { branch: spec.source, commit: status?.head ?? '', fork: false },
  base: { branch: spec.target, commit: status?.base ?? '' },
  files: status?.files ?? [],
  approvals: status?.approvals ?? [],
  refusals: [],
});
