import type { Store } from '@causeway/engine';
import { ChangeRequestKind } from '@causeway/model';

export interface ReviewedChange {
  readonly name: string;
  /** Who opened it: whoever merges it may be who has reviewed it. */
  readonly author: string;
  readonly mergedBy: string;
  /** People other than the author who approved exactly what was merged. */
  readonly approvals: readonly string[];
}

/** The change request whose merge made a commit, if one did. An approval counts only where it was given for what was merged. */
export const changeOfCommit = (
  store: Pick<Store, 'peekAll'>,
  namespace: string,
  service: string,
  commit: string,
): ReviewedChange | undefined => {
  const [found] = store.peekAll(
    ChangeRequestKind,
    namespace,
    ({ spec, status }) =>
      spec.service === service &&
      // Names in another forge are not those of people here.
      spec.forge === undefined &&
      (status?.merged ?? status?.merging)?.commit === commit,
  );
  const merge = found?.status?.merged ?? found?.status?.merging;
  if (!found || !merge) return undefined;
  const { author } = found.spec;
  const approvals = (found.status?.approvals ?? []).flatMap(({ by, commit: seen }) =>
    seen === found.status?.head && by !== author ? [by] : [],
  );
  return {
    name: found.metadata.name,
    author,
    mergedBy: merge.by,
    approvals: [...new Set(approvals)].sort(),
  };
};
