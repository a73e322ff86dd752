import type { RefUpdate } from '../ports.ts';

const branchOrTag = /^refs\/(heads|tags)\/(.+)$/s;

/**
 * What is wrong with the name of a branch or tag; git itself has refused control characters, spaces and `..`
 * before.
 */
const nameProblem = (name: string): string | undefined => {
  if (name.length > 200) return 'is longer than 200 characters';
  if (name.split('/').some(part => part.startsWith('-')))
    return "has a part that starts with '-', which programs take for an option";
  if (!/^[\p{L}\p{M}\p{N}._/@+#=,%-]+$/u.test(name)) return 'has characters that mean something to shells';
  if (/^[0-9a-f]{40,64}$/.test(name)) return 'looks like a commit id';
  return name === 'HEAD' || name === '@' ? 'means something else to git' : undefined;
};

/**
 * Only branches and tags with plain names may be pushed, and the release branch stays. Pure; returns the
 * lines for the pusher, none when all is well.
 */
export const judgeRefs = (updates: readonly RefUpdate[], releaseBranch?: string): string[] =>
  updates.flatMap(({ ref, kind }) => {
    const shown = JSON.stringify(ref);
    const [, sort, name = ''] = branchOrTag.exec(ref) ?? [];
    if (sort === undefined) {
      return [
        `${shown} is refused: only branches (refs/heads/) and tags (refs/tags/) are kept here.`,
        'Next: push a branch or a tag, not --mirror.',
      ];
    }
    if (kind === 'delete') {
      return ref === `refs/heads/${releaseBranch}`
        ? [
            `The branch ${name} cannot be deleted: it is the one that is released.`,
            'Next: choose another spec.branch on the service first.',
          ]
        : [];
    }
    const problem = nameProblem(name);
    if (problem === undefined) return [];
    const sortName = sort === 'heads' ? 'branch' : 'tag';
    return [
      `The ${sortName} name ${JSON.stringify(name)} is refused: it ${problem}.`,
      `Next: rename the ${sortName} with letters, digits and . _ / - and push again.`,
    ];
  });
