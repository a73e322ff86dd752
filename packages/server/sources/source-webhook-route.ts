import type { SignedRoute } from '@causeway/api';
import { haveLookedAt } from '@causeway/capabilities';
import type { Store } from '@causeway/engine';
import { SourceKind } from '@causeway/model';

/** No source is looked at more often because of this, however often it is called. */
const quietMs = 5_000;
const mostRemembered = 10_000;

/**
 * Where a repository elsewhere says that something was pushed. Whoever calls it can do no more than have the platform look a
 * little sooner, and learns nothing: so nobody signs anything, and the answer is always the same.
 */
export const sourceWebhookRoute = (
  store: Pick<Store, 'peek' | 'mutate'>,
  now: () => number = Date.now,
): SignedRoute => {
  const lookedAt = new Map<string, number>();
  return {
    method: 'POST',
    path: '/api/sources/:team/:name/webhook',
    async handle({ parameters: { team = '', name = '' } }) {
      const source = store.peek(SourceKind, { namespace: team, name });
      const id = `${team}/${name}`;
      if (source?.spec.url !== undefined && now() - (lookedAt.get(id) ?? 0) >= quietMs) {
        if (lookedAt.size >= mostRemembered) lookedAt.clear();
        lookedAt.set(id, now());
        // Nobody waits for it: an answer that takes longer would tell that there is such a source.
        haveLookedAt(store, source, `webhook ${now()}`).catch(() => {});
      }
      return { message: 'If there is such a source, it is looked at soon.' };
    },
  };
};
