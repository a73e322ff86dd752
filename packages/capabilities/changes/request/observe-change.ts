import { type ChangeRequest, ChangeRequestKind, withCondition } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { type BranchFacts, type Facts, repositoryOf } from './branch-facts.ts';
import type { ChangeChecks, CheckedChange } from './change-checks.ts';
import { environmentsOf } from './environments-of-change.ts';
import { landedOf } from './landed.ts';
import { type Mergeable, mergeableOf } from './mergeable.ts';

type Status = NonNullable<ChangeRequest['status']>;

/** For so long a merge that did not come about counts as under way: whoever made it may still be at it. */
export const mergingMs = 60_000;

const mostFiles = 1000;
const mostCommits = 100;
/** Of paths and first lines together: an object holds a megabyte. */
const mostCharacters = 128 * 1024;

/** As many as fit. */
const fitting = <T>(items: readonly T[], most: number, size: (item: T) => number): T[] => {
  let left = mostCharacters;
  const end = items.slice(0, most).findIndex(item => {
    left -= size(item);
    return left < 0;
  });
  return items.slice(0, end < 0 ? most : end);
};

const clipped = (text: string): string => text.slice(0, 300).toWellFormed();

/** What git says of the two branches, as the status tells it. */
const told = ({ head, target, base, ahead, behind, files, commits }: BranchFacts): Partial<Status> => ({
  head,
  target,
  ...(base === undefined ? {} : { base }),
  behind,
  commits: fitting(commits, mostCommits, ({ subject, author }) => subject.length + author.length).map(
    ({ commit, subject, author }) => ({ commit, subject: clipped(subject), author: clipped(author) }),
  ),
  files: fitting(files, mostFiles, ({ path }) => path.length).map(file => ({ ...file })),
  size: {
    commits: ahead,
    files: files.length,
    added: files.reduce((sum, { added }) => sum + added, 0),
    removed: files.reduce((sum, { removed }) => sum + removed, 0),
  },
});

const mergeableIn = (status: Status, { ready, reason, message }: Mergeable, now: string): Status => ({
  ...status,
  mergeable: { ready, message },
  conditions: withCondition(
    status.conditions,
    { type: 'Mergeable', status: ready ? 'True' : 'False', reason, message },
    now,
  ),
});

const ended = (status: Status, phase: 'Merged' | 'Closed', message: string, now: string): Status => {
  const { plan: _plan, ...rest } = status;
  return mergeableIn({ ...rest, phase }, { ready: false, reason: phase, message }, now);
};

/** The status of a change that is in its target branch. */
export const mergedStatus = (
  { merging: _merging, ...status }: Status,
  merged: NonNullable<Status['merged']>,
  target: string,
  now: string,
): Status => ended({ ...status, merged }, 'Merged', `${merged.by} merged it into ${target}`, now);

/** Another that is open for the same branches, and was there before. */
const olderTwin = ({ engine }: Capabilities, { metadata, spec }: ChangeRequest): ChangeRequest | undefined =>
  engine.store
    .peekAll(
      ChangeRequestKind,
      metadata.namespace,
      one => isOpenFor(one, spec.service, spec.source, spec.target) && one.spec.number < spec.number,
    )
    .at(0);

/** Whether a change of ours is open for these branches, or will be when its branch is there again. */
export const isOpenFor = (
  { spec, status }: ChangeRequest,
  service: string,
  source: string,
  target: string,
): boolean =>
  spec.service === service &&
  spec.source === source &&
  spec.target === target &&
  spec.forge === undefined &&
  !spec.closed &&
  status?.phase !== 'Merged';

/** Why a change is not open though it is not merged. */
const closedBecause = (
  { spec }: ChangeRequest,
  head: string | undefined,
  twin: string | undefined,
): string | undefined => {
  if (twin !== undefined) return `${twin} is about the same branches`;
  if (spec.closed) return 'somebody closed it';
  if (head === undefined) return `the branch ${spec.source} is gone; push it again to go on`;
  return undefined;
};

export interface Observer {
  readonly capabilities: Capabilities;
  readonly facts: Facts;
  readonly checks: ChangeChecks;
}

export interface ObservedChange {
  readonly status: Status;
  /** There was another for its branches before it. */
  readonly twinOf?: string;
  /** While it is open. */
  readonly open?: { readonly facts: BranchFacts; readonly checked: CheckedChange };
}

/** How a change stands, from what the repository, its people and its policies say now. */
export const observeChange = async (
  { capabilities, facts: lookUp, checks }: Observer,
  change: ChangeRequest,
): Promise<ObservedChange> => {
  const { engine, changeSource } = capabilities;
  const at = engine.clock.now();
  const now = new Date(at).toISOString();
  const environments = environmentsOf(engine.store, change);
  const { environments: _before, ...before } = change.status ?? {};
  const status: Status = { ...before, ...(environments.length > 0 ? { environments } : {}) };
  if (status.merged) return { status };

  const { source, target: targetBranch } = change.spec;
  const branches = await changeSource.branches(repositoryOf(change));
  const [head, target] = [branches.get(source), branches.get(targetBranch)];
  const merged = target && (await landedOf(capabilities, change, head, target));
  if (merged) return { status: mergedStatus(status, merged, targetBranch, now) };
  const { merging, ...rest } = status;
  const still = merging && at - Date.parse(merging.at) < mergingMs ? { ...rest, merging } : rest;
  const twin = olderTwin(capabilities, change)?.metadata.name;
  const because =
    closedBecause(change, head, twin) ?? (target ? undefined : `the branch ${targetBranch} is gone`);
  if (because !== undefined || !head || !target)
    return {
      status: ended(still, 'Closed', because ?? '', now),
      ...(twin === undefined ? {} : { twinOf: twin }),
    };

  const facts = await lookUp.of(change, head, target);
  const checked = await checks.of(change, facts);
  const { base: _base, plan: _plan, ...kept } = still;
  const open: Status = {
    ...kept,
    ...told(facts),
    phase: 'Open',
    ...(checked.plan ? { plan: checked.plan } : {}),
    checks: [...checked.checks],
    reviewers: [...checked.reviewers],
  };
  return {
    status: mergeableIn(open, mergeableOf(change, facts, checked.checks), now),
    open: { facts, checked },
  };
};
