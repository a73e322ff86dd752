import type { ChangeRequest, Check } from '@causeway/model';
import type { BranchFacts } from './branch-facts.ts';

export interface Mergeable {
  readonly ready: boolean;
  /** For programs. */
  readonly reason: string;
  /** What is in the way, or that nothing is. */
  readonly message: string;
}

const named = 5;

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

const listed = (names: readonly string[]): string =>
  names.length > named
    ? `${names.slice(0, named).join(', ')} and ${names.length - named} more`
    : names.join(', ');

/** What is in the way of a merge, the most basic first. */
export const mergeableOf = (
  { spec: { source, target } }: Pick<ChangeRequest, 'spec'>,
  { base, ahead, behind, conflicts }: BranchFacts,
  checks: readonly Check[],
): Mergeable => {
  const no = (reason: string, message: string): Mergeable => ({ ready: false, reason, message });
  if (base === undefined) return no('Unrelated', `${source} and ${target} have no commit in common`);
  if (ahead === 0) return no('NothingToMerge', `${source} has nothing that ${target} has not`);
  if (conflicts.length > 0)
    return no(
      'Conflicts',
      `conflicts with ${target} in ${listed(conflicts)}: merge ${target} into ${source}, resolve them and push`,
    );
  const failed = checks.filter(({ state }) => state === 'Failed');
  if (failed.length > 0)
    return no(
      'ChecksFailed',
      `${listed(failed.map(({ name }) => name))} ${failed.length === 1 ? 'does' : 'do'} not allow it`,
    );
  const pending = checks.filter(({ state }) => state === 'Pending');
  if (pending.length > 0)
    return no('ChecksPending', pending.map(({ name, message }) => `${name} ${message}`).join('; '));
  if (behind > 0)
    return {
      ready: true,
      reason: 'Behind',
      message: `nothing is in the way; ${target} is ${counted(behind, 'commit')} ahead, so it cannot be a fast-forward`,
    };
  return { ready: true, reason: 'Ready', message: 'nothing is in the way' };
};
