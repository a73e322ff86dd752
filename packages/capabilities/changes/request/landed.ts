import type { ChangeRequest } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { repositoryOf } from './branch-facts.ts';

type Parts = Pick<Capabilities, 'repositories' | 'changeSource'>;
type Merged = NonNullable<NonNullable<ChangeRequest['status']>['merged']>;

/** How many movements of the target branch are looked at for the one that brought a change. */
const mostMovements = 50;

/** Whether a change is in the target branch, and how it came there: merged here, though whoever did it died meanwhile, or by hand. */
export const landedOf = async (
  { repositories, changeSource }: Parts,
  change: ChangeRequest,
  head: string | undefined,
  target: string,
): Promise<Merged | undefined> => {
  const id = repositoryOf(change);
  const { merging, head: seen, commits } = change.status ?? {};
  const holds = async (commit: string, wanted: string): Promise<boolean> => {
    const { base, ahead } = await changeSource.compare(id, commit, wanted);
    return base !== undefined && ahead === 0;
  };
  const stands = target === change.status?.target;
  if (merging && !stands && (await holds(target, merging.commit))) return merging;
  // Without a commit of its own a branch is part of the other from the start; one that somebody moved is another change.
  const known = seen !== undefined && commits !== undefined && commits.length > 0;
  if (!known || (head !== undefined && head !== seen)) return undefined;
  if (stands || !(await holds(target, seen))) return undefined;
  const movements = (await repositories.pushes(id, change.spec.target, 0)).slice(-mostMovements).reverse();
  let found = movements[0];
  for (const movement of movements) {
    if (!(await holds(movement.commit, seen))) break;
    found = movement;
  }
  if (!found) return undefined;
  const { by, at, commit } = found;
  return { by, at, commit, method: commit === seen ? 'fast-forward' : 'merge' };
};
