import type { ChangeRequest, Check } from '@causeway/model';
import type { AskedRule } from './code-owners.ts';

export interface ReviewParts {
  readonly asked: readonly AskedRule[];
  /** Why CODEOWNERS cannot be followed. */
  readonly problem?: string | undefined;
  /** Who had a hand in it: nobody approves their own. */
  readonly contributors: ReadonlySet<string>;
  /** Those that count: people, for the newest commit. */
  readonly approvers: readonly string[];
  readonly meant: (owner: string) => readonly string[];
  /** Who decides on what only those own who made it: others who may approve. Not set: that is for another forge to say. */
  readonly standIns?: readonly string[];
}

export interface Review {
  /** Who must approve, by CODEOWNERS; of each rule one. */
  readonly reviewers: readonly string[];
  readonly check: Check;
}

type Approvals = NonNullable<NonNullable<ChangeRequest['status']>['approvals']>;

/** So many are named. */
const mostNamed = 5;

/** An approval is for the commit that was looked at, and nobody’s own. */
export const countingApprovers = (
  approvals: Approvals,
  head: string,
  contributors: ReadonlySet<string>,
): readonly string[] => [
  ...new Set(approvals.flatMap(({ by, commit }) => (commit === head && !contributors.has(by) ? [by] : []))),
];

const either = (names: readonly string[]): string => {
  const named = names.length > mostNamed ? [...names.slice(0, mostNamed), 'another'] : names;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
};

const check = (state: Check['state'], message: string): Check => ({ name: 'review', state, message });

/** Whether those have approved whom CODEOWNERS asks for the files of a change. */
export const reviewOf = (parts: ReviewParts): Review => {
  const { asked, problem, contributors, approvers, meant, standIns } = parts;
  if (problem !== undefined) return { reviewers: [], check: check('Failed', problem) };
  const reviewers = new Set<string>();
  const missing: string[] = [];
  const nobody: string[] = [];
  for (const { rule, path } of asked) {
    const people = [...new Set(rule.owners.flatMap(meant))].sort();
    if (people.length === 0) nobody.push(`line ${rule.line} of CODEOWNERS names nobody who may approve here`);
    const others = people.filter(user => !contributors.has(user));
    for (const user of others) reviewers.add(user);
    if (others.length > 0 && !others.some(user => approvers.includes(user)))
      missing.push(`${either(others)} (${path})`);
    if (people.length === 0 || others.length > 0 || approvers.length > 0) continue;
    const made = `${either(people)}, who owns ${path}, made the change`;
    if (standIns === undefined) nobody.push(`${made}: the forge says who else may approve it`);
    else if (standIns.length === 0) nobody.push(`${made}, and nobody else may approve it here`);
    else missing.push(`${either(standIns)} (${made})`);
  }
  const sorted = [...reviewers].sort();
  if (missing.length > 0)
    return { reviewers: sorted, check: check('Pending', `waits for the approval of ${missing.join('; ')}`) };
  if (approvers.length > 0)
    return { reviewers: sorted, check: check('Passed', `approved by ${approvers.join(', ')}`) };
  return {
    reviewers: sorted,
    check: check('Skipped', nobody[0] ?? 'CODEOWNERS asks for nobody’s approval'),
  };
};
