import { createHash, randomBytes } from 'node:crypto';
import { AccessTokenKind, NamespaceKind, TeamKind } from '@causeway/model';
import { withEngine } from './with-database.ts';

const actor = { user: 'system:server', from: 'outside' };

/** Who asks, by name, with the token of each. */
export interface People {
  /** Makes namespaces. */
  readonly server: string;
  readonly client: (id: number) => string;
}

/** Makes people and tokens while everything still works. */
export const createPeople = async (connectionString: string, clients: number): Promise<People> => {
  const users = [actor.user, ...Array.from({ length: clients }, (_, id) => `client-${id}`)];
  const tokens = new Map(users.map(user => [user, randomBytes(24).toString('hex')]));
  const members = users.slice(1).map(user => ({ user, role: 'owner' as const }));
  const expiresAt = new Date(Date.now() + 6 * 3_600_000).toISOString();
  await withEngine(connectionString, async ({ store }) => {
    await store.create(NamespaceKind, { metadata: { name: 'platform' } }, actor);
    await store.create(TeamKind, { metadata: { name: 'platform' }, spec: { members } }, actor);
    for (const [user, token] of tokens) {
      const sha256 = createHash('sha256').update(token).digest('hex');
      const name = user.replaceAll(':', '-');
      await store.create(AccessTokenKind, { metadata: { name }, spec: { user, sha256, expiresAt } }, actor);
    }
  });
  const token = (user: string): string => tokens.get(user) ?? '';
  return { server: token(actor.user), client: id => token(`client-${id}`) };
};
