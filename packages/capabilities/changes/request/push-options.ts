import { ChangeTitle, closestNames, OpenChange } from '@causeway/model';

/** What `git push -o` says of a change request. */
export interface ChangeOptions {
  readonly title?: string;
  readonly description?: string;
  readonly target?: string;
}

interface PushedUpdate {
  readonly ref: string;
  readonly after: string | undefined;
}

const known = ['change', 'change.title', 'change.description', 'change.target'] as const;
const branchRef = 'refs/heads/';

const parts = (option: string): [name: string, value: string | undefined] => {
  const at = option.indexOf('=');
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
};

const mine = (options: readonly string[]): [name: string, value: string | undefined][] =>
  options.map(parts).filter(([name]) => name === 'change' || name.startsWith('change.'));

/** Other options may be for somebody else; one that is nearly ours is a slip. */
const slips = (options: readonly string[]): [name: string, value: string | undefined][] =>
  options
    .map(parts)
    .filter(
      ([name]) => !/^change(\.|$)/.test(name) && name !== 'no-wait' && closestNames(name, known).length > 0,
    );

/** What is asked for; `undefined` when nothing is. */
export const changeOptions = (options: readonly string[]): ChangeOptions | undefined => {
  const given = mine(options);
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.flatMap(([name, value]) =>
      name === 'change' ? [] : [[name.slice('change.'.length), value ?? '']],
    ),
  );
};

/** The pushed branches that a change request may be about. */
export const changedBranches = (updates: readonly PushedUpdate[], target: string): readonly string[] =>
  updates.flatMap(({ ref, after }) =>
    after !== undefined && ref.startsWith(branchRef) && ref !== `${branchRef}${target}`
      ? [ref.slice(branchRef.length)]
      : [],
  );

const optionProblem = (name: string, value: string | undefined): string | undefined => {
  if (!(known as readonly string[]).includes(name)) {
    const [near] = closestNames(name, known);
    return `There is no push option ${JSON.stringify(name.slice(0, 100))}.${near ? ` Did you mean ${near}?` : ''}`;
  }
  if (name === 'change') return value === undefined ? undefined : 'The push option change takes no value.';
  if (value === undefined) return `The push option ${name} needs a value: -o "${name}=…"`;
  const schema = name === 'change.title' ? ChangeTitle : OpenChange.shape[name.slice(7) as 'target'];
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue && `The push option ${name} is not taken: ${issue.message}.`;
};

/** What is wrong with the options of a push that speak of a change request: lines for the pusher, none when all is well. */
export const changeOptionProblems = (
  { options, updates }: { readonly options: readonly string[]; readonly updates: readonly PushedUpdate[] },
  releaseBranch: string,
): readonly string[] => {
  const asked = changeOptions(options);
  if (!asked && slips(options).length === 0) return [];
  const next = 'Next: git push -o change -o change.title="What it does" origin BRANCH';
  const problems = [...mine(options), ...slips(options)].flatMap(
    ([name, value]) => optionProblem(name, value) ?? [],
  );
  if (problems.length > 0) return [...problems, next];
  const target = asked?.target ?? releaseBranch;
  if (changedBranches(updates, target).length > 0) return [];
  return [`-o change asks for a change request to ${target}, and this push brings no other branch.`, next];
};
