import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildPlan } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import type { TreeEntry } from './source-listing.ts';

/** Folder of a checkout that belongs to the platform. */
const ownFolder = '.causeway';

/** Throws `UnsafeTree` when the commit puts something else where the platform adds its files. */
export const refuseReserved = (entries: readonly TreeEntry[], plan: BuildPlan): void => {
  if (plan.files && entries.some(entry => entry.path === ownFolder))
    throw new PlatformError(
      'UnsafeTree',
      `${ownFolder} is a file or link, but the platform needs a folder of this name.`,
    );
};

/** Lays the plan's files and the link to the dependencies into a fresh checkout. */
export const completeSource = async (
  source: string,
  plan: BuildPlan,
  dependencies: string | undefined,
): Promise<void> => {
  for (const [path, content] of Object.entries(plan.files ?? {})) {
    const file = join(source, path);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { recursive: true, force: true });
    await writeFile(file, content, { flag: 'wx', mode: 0o644 });
  }
  if (!plan.dependencies || dependencies === undefined) return;
  const { produces } = plan.dependencies;
  // A commit may hold an installed folder; what is installed here is what runs.
  await rm(join(source, produces), { recursive: true, force: true });
  await symlink(join(dependencies, produces), join(source, produces));
};
