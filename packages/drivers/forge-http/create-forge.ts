import type { Forge, ForgeChange, ForgeDelivery, ForgeNews } from '@causeway/contracts';
import { BlobCache } from './blob-cache.ts';
import { keepStatus } from './commit-status.ts';
import { createForgeClient, type ForgeClient, type ForgeClientOptions } from './forge-client.ts';
import type { ForgeSettings } from './forge-settings.ts';
import { keepOneComment } from './one-comment.ts';
import { readTree } from './read-tree.ts';
import { repositoryPath } from './repository-path.ts';
import { readSecretFile } from './secret-file.ts';

/** In what one kind of forge differs from the others. */
export interface ForgeDialect extends Pick<ForgeClientOptions, 'api' | 'scheme' | 'headers' | 'pageSize'> {
  /** Whether a tree that was truncated goes on at the next page. */
  readonly pagedTrees: boolean;
  receive(delivery: ForgeDelivery, secret: string): ForgeNews;
  changes(
    client: ForgeClient,
    at: string,
    also: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly ForgeChange[]>;
}

const usualPatienceMs = 15_000;

/** A forge that speaks a dialect of GitHub’s API. */
export const createForge = (settings: ForgeSettings, dialect: ForgeDialect): Forge => {
  const { name, url, tokenFile, webhookSecretFile, patienceMs = usualPatienceMs } = settings;
  const client = createForgeClient({ ...dialect, name, tokenFile, patienceMs });
  const blobs = new BlobCache();
  const webhookSecret = () => readSecretFile(webhookSecretFile, `the webhook secret of the forge ${name}`);
  return {
    name,
    url,
    receive: async delivery => dialect.receive(delivery, await webhookSecret()),
    changes: async (repository, also, signal) =>
      dialect.changes(client, repositoryPath(repository), also, signal),
    read: async (repository, commit, path, limits, signal) =>
      readTree(
        { client, blobs, at: repositoryPath(repository), paged: dialect.pagedTrees, signal },
        commit,
        path,
        limits,
      ),
    setStatus: async (repository, commit, status, signal) =>
      keepStatus(client, repositoryPath(repository), commit, status, signal),
    comment: async (repository, number, about, text, signal) =>
      keepOneComment(
        { client, at: repositoryPath(repository), repository, number, about, secret: await webhookSecret() },
        text,
        signal,
      ),
  };
};
