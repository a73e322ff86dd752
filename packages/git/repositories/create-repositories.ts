import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommitInfo, RepositoryId, SourceRepositories } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { commitInfo } from '../objects/commit-info.ts';
import { keepObjects, type Objects } from '../objects/objects.ts';
import { movementsOf } from '../refs/movements.ts';
import { branchRef, isObjectId, isRefName } from '../refs/ref-name.ts';
import { ensureRepository } from './create-repository.ts';
import { differingPaths } from './differing-paths.ts';
import { makeFirstCommit } from './first-commit.ts';
import { readFiles } from './read-files.ts';
import { readFolder } from './read-folder.ts';
import { repositoryPath } from './repository-path.ts';
import { listCommits, resolveRevision } from './revisions.ts';

export interface RepositoriesOptions {
  /** Repositories lie at `folder/TEAM/SERVICE.git`. */
  readonly folder: string;
  /** What reads objects; one of its own by default. */
  readonly objects?: Objects;
  readonly now?: () => Date;
}

const checkedRef = (branch: string): string => {
  const ref = branchRef(branch);
  if (isRefName(ref) && !branch.startsWith('-')) return ref;
  throw new PlatformError('Invalid', `${JSON.stringify(branch)} is not a branch name.`, {
    next: 'Use letters, digits and . _ / -, not starting with -.',
  });
};

/** Source code in bare git repositories on this machine. */
export const createRepositories = ({
  folder: given,
  objects = keepObjects(),
  now = () => new Date(),
}: RepositoriesOptions): SourceRepositories => {
  const folder = resolve(given);
  const pathOf = (id: RepositoryId): string => repositoryPath(folder, id);

  const commitId = async (id: RepositoryId, revision: string): Promise<string> => {
    const known = isObjectId(revision) ? await (await objects.in(pathOf(id))).info(revision) : undefined;
    if (known?.type === 'commit') return revision;
    const commit = await resolveRevision(pathOf(id), revision);
    if (commit !== undefined) return commit;
    throw new PlatformError(
      'NotFound',
      `There is no commit ${JSON.stringify(revision)} in ${id.team}/${id.service}.`,
      {
        next: 'Push it first; `git log` in your clone lists what exists.',
      },
    );
  };

  /** A full id is not looked up first, which would be one more git: that it is missing shows when it is read. */
  const atCommit = async <T>(
    id: RepositoryId,
    revision: string,
    read: (commit: string) => Promise<T>,
  ): Promise<T> => {
    if (!isObjectId(revision)) return read(await commitId(id, revision));
    try {
      return await read(revision);
    } catch (error) {
      await commitId(id, revision);
      throw error;
    }
  };

  const oneCommit = async (id: RepositoryId, commit: string): Promise<CommitInfo | undefined> =>
    commitInfo(await objects.in(pathOf(id)), commit);

  return {
    async ensure(id, branch, first) {
      checkedRef(branch);
      await ensureRepository(folder, pathOf(id), branch);
      if (first !== undefined) await makeFirstCommit(pathOf(id), branch, first, now());
    },

    async pushes(id, branch, sinceEntry) {
      const movements = await movementsOf(pathOf(id), checkedRef(branch), sinceEntry, now);
      return movements
        .filter(movement => movement.entry > sinceEntry)
        .map(({ entry, before, after, by, seconds }) => ({
          entry,
          ...(before === undefined ? {} : { before }),
          commit: after,
          by,
          at: new Date(seconds * 1000).toISOString(),
        }));
    },

    resolve: (id, revision) => resolveRevision(pathOf(id), revision),

    async commits(id, from, to, limit) {
      const only = from === undefined && limit === 1 && isObjectId(to) ? await oneCommit(id, to) : undefined;
      if (only) return [only];
      const start = from === undefined ? undefined : await commitId(id, from);
      return atCommit(id, to, end => listCommits(pathOf(id), start, end, limit));
    },

    read: (id, revision, path, limits) =>
      atCommit(id, revision, async commit =>
        readFiles(pathOf(id), await objects.in(pathOf(id)), commit, path, limits),
      ),

    folder: (id, revision, path, wanted) =>
      atCommit(id, revision, async commit =>
        readFolder(pathOf(id), await objects.in(pathOf(id)), commit, path, wanted),
      ),

    differences: (id, commit, other) =>
      atCommit(id, commit, from =>
        atCommit(id, other, async to => differingPaths(pathOf(id), await objects.in(pathOf(id)), from, to)),
      ),

    async archive(id) {
      const shelf = join(folder, '.archive', id.team);
      const stamp = now().toISOString().replace(/[:.]/g, '-');
      const path = pathOf(id);
      await mkdir(shelf, { recursive: true, mode: 0o700 });
      try {
        await rename(path, join(shelf, `${id.service}-${stamp}-${randomUUID().slice(0, 8)}.git`));
      } catch (error) {
        // Already put aside.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    },
  };
};
