import type { Store } from '@causeway/engine';
import { ChangeRequestKind, type ObjectKey } from '@causeway/model';

/**
 * The change request that brought a commit, or, where several came at once, the newest that was merged since the last look and
 * changed the file.
 */
export const broughtBy =
  (store: Pick<Store, 'peekAll'>, { namespace, name }: ObjectKey, since: string | undefined) =>
  (path: string, commit: string): string | undefined => {
    const merged = store.peekAll(
      ChangeRequestKind,
      namespace,
      ({ spec, status }) => spec.service === name && status?.merged !== undefined,
    );
    const exact = merged.find(({ status }) => status?.merged?.commit === commit);
    if (exact) return exact.metadata.name;
    const later = merged
      .filter(({ status }) => since !== undefined && String(status?.merged?.at) > since)
      .filter(({ status }) => status?.files?.some(file => file.path === path))
      .sort((a, b) => String(a.status?.merged?.at).localeCompare(String(b.status?.merged?.at)));
    return later.at(-1)?.metadata.name;
  };
