import type { Forge, ReadLimits, TextFile } from '@causeway/contracts';
import type { Clock } from '@causeway/engine';
import { type ChangeRequest, isPlatformError, type Plan, type Source } from '@causeway/model';
import { forkAnnotation } from './observed-change.ts';
import { type AskedOwners, ownersAsked } from './owners-review.ts';
import type { ForgeRepository } from './repository-in-forge.ts';

const limits: ReadLimits = { files: 1000, bytes: 16 * 1024 * 1024 };
/** What would happen also depends on what is there meanwhile. */
export const planAgainMs = 10 * 60_000;

/** What files of a source would do if they were applied; `undefined` where there are none, and were none. Paths are from the root. */
export type PlanOfFiles = (
  source: Source,
  commit: string,
  files: readonly TextFile[],
) => Promise<Plan | undefined>;

/** What was found for the commits that a change is about. */
export interface PlannedFiles {
  readonly plan: Plan | undefined;
  readonly owners: AskedOwners;
  /** Whether it was worked out now. */
  readonly isNew: boolean;
}

/** Why nothing is planned yet. A stranger’s files are not tried out before somebody has looked at them. */
export const waitsFor = ({ metadata, status }: ChangeRequest): string | undefined =>
  metadata.annotations?.[forkAnnotation] === 'true' &&
  status?.phase === 'Open' &&
  !status.approvals?.some(({ commit }) => commit === status.head)
    ? 'It comes from a fork: it is planned once somebody who may write has approved this commit.'
    : undefined;

const filesOf = async (
  forge: Forge,
  repository: string,
  folder: string,
  commit: string,
  signal: AbortSignal,
): Promise<readonly TextFile[]> => {
  try {
    const files = await forge.read(repository, commit, folder, limits, signal);
    return files.map(({ path, text }) => ({ path: folder === '.' ? path : `${folder}/${path}`, text }));
  } catch (error) {
    if (isPlatformError(error, 'NotFound')) return [];
    throw error;
  }
};

const tooLarge = (commit: string, path: string, message: string): Plan => ({
  commit,
  allowed: false,
  changes: [],
  problems: [{ path, message }],
  policies: 0,
  quota: [],
});

/** Plans changes of forges, and keeps each plan for a while, as long as the change’s commits are the same. */
export const changePlanner = (clock: Clock, plan: PlanOfFiles) => {
  const known = new Map<string, { readonly of: string; readonly at: number; readonly found: PlannedFiles }>();
  return {
    async of(
      change: ChangeRequest,
      source: Source,
      { forge, repository }: ForgeRepository,
      signal: AbortSignal,
    ): Promise<PlannedFiles> {
      const { uid } = change.metadata;
      const { head, base } = change.status ?? {};
      const before = known.get(uid);
      const of = `${base}...${head}`;
      if (before?.of === of && clock.now() - before.at < planAgainMs)
        return { ...before.found, isNew: false };
      if (head === undefined) return { plan: undefined, owners: { asked: [] }, isNew: false };
      const { folder } = source.spec;
      const made = await filesOf(forge, repository, folder, head, signal).then(
        files => plan(source, head, files),
        error => {
          if (!isPlatformError(error, 'TooLarge')) throw error;
          return tooLarge(head, folder, error.message);
        },
      );
      const owners = await ownersAsked(forge, repository, change, signal);
      const found = { plan: made, owners, isNew: true };
      known.set(uid, { of, at: clock.now(), found });
      return found;
    },
    forget: (uid: string): void => void known.delete(uid),
  };
};
