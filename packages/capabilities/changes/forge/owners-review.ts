import type { Forge } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import { type ChangeRequest, isPlatformError } from '@causeway/model';
import {
  type AskedRule,
  codeOwnersPaths,
  type OwnersRule,
  parseCodeOwners,
  rulesAskedOfMany,
} from '../request/code-owners.ts';
import { countingApprovers, type Review, reviewOf } from '../request/review.ts';
import { peopleMeant } from '../request/who-may-approve.ts';

const paths = [...codeOwnersPaths, '.gitea/CODEOWNERS'];
const limits = { files: 1, bytes: 3 * 1024 * 1024 };

/** What CODEOWNERS asks for the files of a change. */
export interface AskedOwners {
  readonly asked: readonly AskedRule[];
  /** Why it cannot be followed. */
  readonly problem?: string;
}

const rulesIn = async (
  forge: Forge,
  repository: string,
  commit: string,
  signal: AbortSignal,
): Promise<readonly OwnersRule[]> => {
  for (const path of paths)
    try {
      const [file] = await forge.read(repository, commit, path, limits, signal);
      if (file) return parseCodeOwners(file.text);
    } catch (error) {
      if (!isPlatformError(error, 'NotFound')) throw error;
    }
  return [];
};

/** Reads CODEOWNERS as it was where a change began. */
export const ownersAsked = async (
  forge: Forge,
  repository: string,
  { status }: ChangeRequest,
  signal: AbortSignal,
): Promise<AskedOwners> => {
  const { base, files = [] } = status ?? {};
  if (!base) return { asked: [] };
  try {
    const rules = await rulesIn(forge, repository, base, signal);
    const changed = files.map(({ path }) => path);
    return { asked: await rulesAskedOfMany(rules, changed) };
  } catch (error) {
    if (!isPlatformError(error, 'TooLarge')) throw error;
    return { asked: [], problem: `${error.message}. ${error.next}` };
  }
};

/**
 * Whom CODEOWNERS asks for a change of a forge, and who has approved. An owner without a slash is somebody’s name there; teams of
 * the forge are not asked for their members, but a team of that name here has some.
 */
export const ownersReview = (
  store: Pick<Store, 'peek'>,
  { metadata, spec, status }: ChangeRequest,
  owners: AskedOwners,
): Review => {
  const contributors = new Set([spec.author]);
  return reviewOf({
    ...owners,
    contributors,
    approvers: countingApprovers(status?.approvals ?? [], status?.head ?? '', contributors),
    meant: owner =>
      /^@[^/]+$/.test(owner) ? [owner.slice(1)] : peopleMeant(store, metadata.namespace ?? '', owner),
  });
};
