import type { RemoteRepositories } from '@causeway/contracts';
import type { Clock } from '@causeway/engine';
import { durationMs, keyOf, PlatformError, type Source } from '@causeway/model';
import { lookAnnotation } from '../forge/look-at.ts';
import type { NewestCommit, NoCommit } from './commit-of-source.ts';

/** What repositories elsewhere point to, asked no more often than each source says. */
export interface RemoteHeads {
  newest(source: Source, signal: AbortSignal): Promise<NewestCommit | NoCommit>;
  forget(source: { readonly namespace: string; readonly name: string }): Promise<void>;
}

interface Known {
  /** What was asked for: another address or branch is another question. */
  readonly question: string;
  readonly askedAt: number;
  readonly found: { readonly commit: string } | NoCommit;
}

const createdBy = 'causeway.dev/created-by';

export const createRemoteHeads = (remotes: RemoteRepositories, clock: Clock): RemoteHeads => {
  const known = new Map<string, Known>();

  const ask = async (source: Source, url: string, signal: AbortSignal): Promise<Known['found']> => {
    const { namespace, name } = keyOf(source);
    try {
      return {
        commit: await remotes.fetch({ team: namespace, service: name }, url, source.spec.branch, signal),
      };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return { reason: 'Unreachable', message: `${error.message} ${error.next}` };
    }
  };

  return {
    async newest(source, signal) {
      const { namespace, name } = keyOf(source);
      const { url, branch, interval } = source.spec;
      if (url === undefined)
        return { reason: 'NoRepository', message: 'It names no repository: set spec.service or spec.url.' };
      const id = `${namespace}/${name}`;
      const { [lookAnnotation]: look = '', [createdBy]: by = 'unknown' } = source.metadata.annotations ?? {};
      const question = JSON.stringify([url, branch, look]);
      let last = known.get(id);
      if (last?.question !== question || clock.elapsed() - last.askedAt >= durationMs(interval)) {
        last = { question, askedAt: clock.elapsed(), found: await ask(source, url, signal) };
        known.set(id, last);
      }
      const { found } = last;
      if ('reason' in found) return found;
      const { commit } = found;
      return {
        commit,
        by,
        folder: (path, wanted) => remotes.folder({ team: namespace, service: name }, commit, path, wanted),
      };
    },
    async forget({ namespace, name }) {
      known.delete(`${namespace}/${name}`);
      await remotes.forget({ team: namespace, service: name });
    },
  };
};
