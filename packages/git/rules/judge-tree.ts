import type { TreeEntry } from '../ports.ts';
import { shortId } from '../refs/ref-name.ts';
import { linkProblem } from './link-problem.ts';
import { type Problem, pathProblem } from './path-problem.ts';

export interface TreeLimits {
  /** The largest file, bytes. */
  readonly fileBytes: number;
}

/** The longest path a link may hold: PATH_MAX. */
export const linkBytes = 4096;

const tooLong: Problem = {
  why: `it is a link longer than ${linkBytes} bytes.`,
  next: 'Remove it with git rm, commit and push again.',
};

const megabytes = (bytes: number): string => `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`;

const entryProblem = (
  entry: TreeEntry,
  target: string | undefined,
  limits: TreeLimits,
): Problem | undefined => {
  const path = pathProblem(entry.path);
  if (path !== undefined) return path;
  if (entry.type === 'submodule') {
    return {
      why: 'it is a submodule, and the platform does not fetch other repositories.',
      next: 'Put the files into this repository (git rm --cached PATH, remove it from .gitmodules, git add the files) or depend on it as a package; commit and push again.',
    };
  }
  if (entry.type === 'link') return target === undefined ? tooLong : linkProblem(entry.path, target);
  if (entry.size <= limits.fileBytes) return undefined;
  return {
    why: `it has ${megabytes(entry.size)}; at most ${megabytes(limits.fileBytes)} are allowed.`,
    next: 'Remove it (git rm --cached, then git commit --amend) and keep data outside git; push again.',
  };
};

/** How many entries are named before the rest is only counted. */
const named = 5;

/**
 * What is wrong with entries of a commit's tree: names that programs stumble over, links that lead out,
 * submodules, files that are too large. Pure: `targets` maps the path of each link to what it holds. Returns
 * the lines for the pusher, none when all is well.
 */
export const judgeTree = (
  commit: string,
  entries: readonly TreeEntry[],
  targets: ReadonlyMap<string, string>,
  limits: TreeLimits,
): string[] => {
  const problems = entries.flatMap(entry => {
    const problem = entryProblem(entry, targets.get(entry.path), limits);
    return problem === undefined ? [] : [{ path: entry.path, ...problem }];
  });
  const rest = problems.length - named;
  return [
    ...problems
      .slice(0, named)
      .flatMap(({ path, why, next }) => [
        `${JSON.stringify(path)} in commit ${shortId(commit)} is refused: ${why}`,
        `Next: ${next}`,
      ]),
    ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'file is' : 'files are'} refused.`] : []),
  ];
};
