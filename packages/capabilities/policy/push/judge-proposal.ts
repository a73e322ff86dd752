import type { Service } from '@causeway/model';
import { isInFolder, judgePlatformFiles } from '../../changes/plan/judge-platform-files.ts';
import { folderOf } from '../../changes/plan/plan-for.ts';
import type { Capabilities } from '../../settings.ts';
import { judgePushedChange, type PushedRef, type PushVerdict } from './judge-push.ts';

interface Entry {
  readonly path: string;
  readonly type: 'file' | 'link' | 'submodule';
  readonly size: number;
}

/** A push as git hosting tells of it before anybody sees it. */
export interface ProposedPush<E extends Entry> {
  readonly user: string;
  readonly updates: readonly {
    readonly ref: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly kind: PushedRef['kind'];
  }[];
  readonly tree: {
    changes(update: ProposedPush<E>['updates'][number]): Promise<readonly E[]>;
    entries(commit: string, folder: string): Promise<readonly E[]>;
    read(entry: E): Promise<Buffer>;
  };
  /** Nothing moves yet: a change request asks. */
  readonly proposed?: boolean;
}

/**
 * What policies say of a push, with the documents that it changes on the release branch; and of files of the platform, what they
 * would do. A change request asks for its own plan.
 */
export const judgeProposal = async <E extends Entry>(
  parts: Pick<Capabilities, 'engine' | 'policies' | 'guard' | 'guarded' | 'offer' | 'rateCard' | 'apiGroups'>,
  service: Service,
  { user, updates, tree, proposed }: ProposedPush<E>,
): Promise<PushVerdict> => {
  const { name, namespace = '' } = service.metadata;
  const folder = folderOf(parts, namespace, name);
  const refs = [];
  const files = [];
  for (const update of updates) {
    const { ref, before, after, kind } = update;
    const entries = (await tree.changes(update)).filter(({ type }) => type === 'file');
    refs.push({
      ref,
      kind,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      files: entries.map(({ path }) => path),
    });
    if (ref !== `refs/heads/${service.spec.branch}`) continue;
    for (const entry of entries.filter(({ path }) => !isInFolder(folder, path)))
      files.push({
        path: entry.path,
        size: entry.size,
        read: async () => (await tree.read(entry)).toString('utf8'),
      });
  }
  const verdict = await judgePushedChange(parts, {
    service,
    user,
    refs,
    files,
    place: proposed ? 'change' : 'push',
  });
  if (!verdict.accept || proposed) return verdict;
  const changed = new Map(refs.map(one => [one.ref, one.files]));
  const planned = await judgePlatformFiles(parts, service, {
    user,
    updates,
    changed: async ({ ref }) => changed.get(ref) ?? [],
    entries: (commit, inFolder) => tree.entries(commit, inFolder),
    read: entry => tree.read(entry),
  });
  return { accept: planned.accept, lines: [...verdict.lines, ...planned.lines] };
};
