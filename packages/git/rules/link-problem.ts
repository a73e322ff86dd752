import type { Problem } from './path-problem.ts';

const next =
  'Replace the link by a file, or let it point to a relative path inside the repository; commit and push again.';

/**
 * What is wrong with a symbolic link at `path`. Only leading `..` are allowed: behind a folder that is itself
 * a link, `..` may mean another place than the text says, and links that are each checked alone could
 * together lead out.
 */
export const linkProblem = (path: string, target: string): Problem | undefined => {
  const shown = JSON.stringify(target);
  if (target.startsWith('/')) return { why: `it is a link to the absolute path ${shown}.`, next };
  const parts = target.split('/').filter(part => part !== '' && part !== '.');
  const down = parts.findIndex(part => part !== '..');
  const up = down < 0 ? parts.length : down;
  if (up > path.split('/').length - 1)
    return { why: `it is a link that leads out of the repository (${shown}).`, next };
  if (parts.slice(up).includes('..'))
    return {
      why: `it is a link with '..' behind a folder (${shown}), which may lead out of the repository.`,
      next,
    };
  if (parts.some(part => part.toLowerCase() === '.git'))
    return { why: `it is a link into '.git' (${shown}).`, next };
  return undefined;
};
