import type { Forge } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import { type ChangeRequest, isPlatformError } from '@causeway/model';
import { codeOwnersPaths, type OwnersRule, parseCodeOwners, rulesAsked } from '../request/code-owners.ts';
import { countingApprovers, type Review, reviewOf } from '../request/review.ts';
import { peopleMeant } from '../request/who-may-approve.ts';

const paths = [...codeOwnersPaths, '.gitea/CODEOWNERS'];
const limits = { files: 1, bytes: 3 * 1024 * 1024 };

/** The rules of CODEOWNERS as they were where a change began; none where there is no such file. */
export const ownersRules = async (
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
      if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'TooLarge')) throw error;
    }
  return [];
};

/**
 * Whom CODEOWNERS asks for a change of a forge, and who has approved. An owner without a slash is somebody’s name there; teams of
 * the forge are not asked for their members, but a team of that name here has some.
 */
export const ownersReview = (
  store: Pick<Store, 'peek'>,
  { metadata, spec, status }: ChangeRequest,
  rules: readonly OwnersRule[],
): Review => {
  const contributors = new Set([spec.author]);
  return reviewOf({
    asked: rulesAsked(
      rules,
      (status?.files ?? []).map(({ path }) => path),
    ),
    contributors,
    approvers: countingApprovers(status?.approvals ?? [], status?.head ?? '', contributors),
    meant: owner =>
      /^@[^/]+$/.test(owner) ? [owner.slice(1)] : peopleMeant(store, metadata.namespace ?? '', owner),
  });
};
