import { defaultPlatformFolder, type Plan, SourceKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { isPlatformFile, readPlatformFiles } from '../source/platform-files.ts';
import { planFiles } from './plan-files.ts';

export interface CommitToPlan {
  readonly team: string;
  /** Whose repository the commit is in. */
  readonly service: string;
  readonly commit: string;
  /** For whom it would be applied. */
  readonly by: string;
}

type Parts = Pick<
  Capabilities,
  'engine' | 'guard' | 'guarded' | 'offer' | 'rateCard' | 'repositories' | 'apiGroups'
>;

/** The folder with files of the platform in a service’s repository. */
export const folderOf = ({ engine }: Pick<Parts, 'engine'>, team: string, service: string): string => {
  const source = engine.store.peek(SourceKind, { namespace: team, name: service });
  return source?.spec.service === service ? source.spec.folder : defaultPlatformFolder;
};

/**
 * What a commit of a service’s repository would do if it were merged now; `undefined` where it has no files of the platform and
 * none are to be given up. Throws `NotFound` without such a commit, `Unavailable` while policies cannot be asked.
 */
export const planFor = async (
  parts: Parts,
  { team, service, commit, by }: CommitToPlan,
): Promise<Plan | undefined> => {
  const folder = folderOf(parts, team, service);
  const entries = await parts.repositories.folder({ team, service }, commit, folder, isPlatformFile);
  const isSource = parts.engine.store.peek(SourceKind, { namespace: team, name: service }) !== undefined;
  if (entries.length === 0 && !isSource) return undefined;
  const files = readPlatformFiles(entries, { team, source: service, folder, apiGroups: parts.apiGroups });
  return planFiles(parts, { team, source: service, commit, by }, files);
};
