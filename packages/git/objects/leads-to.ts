import { readCommit } from './commit.ts';
import type { ObjectReader } from './objects.ts';

/** How many commits are looked at before git itself is asked. */
const mostCommits = 100;

/** Whether a commit is `head` or one before it; `undefined`: not to be told by looking at a few. */
export const leadsTo = async (
  objects: ObjectReader,
  commit: string,
  head: string,
): Promise<boolean | undefined> => {
  const seen = new Set([head]);
  const waiting = [head];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (id === commit) return true;
    if (seen.size > mostCommits) return undefined;
    const found = await readCommit(objects, id);
    if (!found) return undefined;
    for (const parent of found.parents)
      if (!seen.has(parent)) {
        seen.add(parent);
        waiting.push(parent);
      }
  }
  return false;
};
