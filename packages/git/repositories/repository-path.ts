import { join } from 'node:path';
import type { RepositoryId } from '@causeway/contracts';
import { isDnsLabel, PlatformError } from '@causeway/model';

/** Where a repository lies. Both names must be DNS labels, so the path cannot leave `folder`. */
export const repositoryPath = (folder: string, id: RepositoryId): string => {
  if (!isDnsLabel(id.team) || !isDnsLabel(id.service)) {
    throw new PlatformError(
      'RepositoryNotFound',
      'A repository is named by a team and a service, both DNS labels.',
    );
  }
  return join(folder, id.team, `${id.service}.git`);
};
