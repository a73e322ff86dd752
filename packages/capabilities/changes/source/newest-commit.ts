import { keyOf, ServiceKind, type Source } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import type { NewestCommit, NoCommit } from './commit-of-source.ts';
import type { RemoteHeads } from './remote-heads.ts';

/** The newest commit of a source: of a service its newest recorded push, of a repository elsewhere what was fetched last. */
export const newestCommit = async (
  { engine, repositories }: Pick<Capabilities, 'engine' | 'repositories'>,
  remotes: RemoteHeads | undefined,
  source: Source,
  signal: AbortSignal,
): Promise<NewestCommit | NoCommit> => {
  const { namespace } = keyOf(source);
  const { service: name } = source.spec;
  if (name !== undefined) {
    const service = engine.store.peek(ServiceKind, { namespace, name });
    const push = service?.status?.push;
    if (!service || service.metadata.deletionTimestamp)
      return { reason: 'NoRepository', message: `There is no service ${name} in team ${namespace}.` };
    if (!push)
      return { reason: 'NothingPushed', message: `Nothing has been pushed to ${service.spec.branch} yet.` };
    const repository = { team: namespace, service: name };
    return {
      commit: push.commit,
      by: push.by,
      folder: (path, wanted) => repositories.folder(repository, push.commit, path, wanted),
    };
  }
  if (remotes) return remotes.newest(source, signal);
  return { reason: 'NoRepository', message: 'Repositories elsewhere are not read by this platform.' };
};
