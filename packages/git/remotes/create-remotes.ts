import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RemoteRepositories, RepositoryId } from '@causeway/contracts';
import { isPlatformError, PlatformError } from '@causeway/model';
import { keepObjects, type Objects } from '../objects/objects.ts';
import { branchRef, isRefName } from '../refs/ref-name.ts';
import { ensureRepository } from '../repositories/create-repository.ts';
import { readFolder } from '../repositories/read-folder.ts';
import { repositoryPath } from '../repositories/repository-path.ts';
import { resolveRevision } from '../repositories/revisions.ts';
import { type FetchLimits, fetchBranch } from './fetch-branch.ts';
import { checkedUrl, credentialFor, type RemoteCredential, type RemoteProtocol } from './remote-url.ts';

export interface RemotesOptions {
  /** Copies lie at `folder/TEAM/SOURCE.git`. */
  readonly folder: string;
  readonly protocols: readonly RemoteProtocol[];
  readonly credentials: readonly RemoteCredential[];
  readonly limits?: FetchLimits;
  /** What reads objects; one of its own by default. */
  readonly objects?: Objects;
}

const defaults: FetchLimits = { bytes: 256 * 1024 ** 2, milliseconds: 120_000 };
/** Where a copy keeps what it fetched, whatever the branch is called there. */
const kept = branchRef('source');

/** Shows who we are to this one address, and to no other that it may lead to. */
const settingsFor = async (
  team: string,
  url: URL,
  credentials: readonly RemoteCredential[],
): Promise<Record<string, string>> => {
  const credential = credentialFor(team, url, credentials);
  if (!credential) return {};
  const secret = Buffer.from(`${credential.username}:${await credential.password()}`).toString('base64');
  return { 'http.followRedirects': 'false', 'http.extraHeader': `Authorization: Basic ${secret}` };
};

const mostPacks = 30;

/** Each fetch leaves a pack. Fetching anew costs no more than one commit, and is simpler than tidying up. */
const isWorn = async (repository: string): Promise<boolean> => {
  const names = await readdir(join(repository, 'objects', 'pack')).catch(() => []);
  return names.filter(name => name.endsWith('.pack')).length >= mostPacks;
};

/** Copies of repositories elsewhere, one branch of each, without its history. */
export const createRemotes = ({
  folder: given,
  protocols,
  credentials,
  limits = defaults,
  objects = keepObjects(),
}: RemotesOptions): RemoteRepositories => {
  const folder = resolve(given);
  const pathOf = (id: RepositoryId): string => repositoryPath(folder, id);
  return {
    async fetch(id, address, branch, signal) {
      const url = checkedUrl(address, protocols);
      const ref = branchRef(branch);
      if (!isRefName(ref))
        throw new PlatformError('Invalid', `${JSON.stringify(branch)} is not a branch name.`, {
          next: 'Correct spec.branch.',
        });
      const repository = pathOf(id);
      if (await isWorn(repository)) await rm(repository, { recursive: true, force: true });
      await ensureRepository(folder, repository, 'source');
      const settings = await settingsFor(id.team, url, credentials);
      try {
        await fetchBranch({
          repository,
          url,
          refspec: `+${ref}:${kept}`,
          protocols,
          settings,
          limits,
          signal,
        });
      } catch (error) {
        if (isPlatformError(error, 'TooLarge')) await rm(repository, { recursive: true, force: true });
        throw error;
      }
      const commit = await resolveRevision(repository, kept);
      if (commit === undefined)
        throw new PlatformError('NotFound', `There is no branch ${branch}.`, {
          next: 'Correct spec.branch.',
        });
      return commit;
    },
    folder: async (id, commit, path, wanted) =>
      readFolder(pathOf(id), await objects.in(pathOf(id)), commit, path, wanted),
    forget: id => rm(pathOf(id), { recursive: true, force: true }),
  };
};
