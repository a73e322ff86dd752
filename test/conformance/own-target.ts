import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type KindDefinition, NamespaceKind, kinds as ownKinds } from '@causeway/model';
import { createToken, server, startTestApi, type TestApi } from '../../packages/api/testing/test-api.ts';
import type { Target } from './target.ts';

/** Our own API on PostgreSQL, with the kinds beside its own. */
export const startOwnTarget = async (kinds: readonly KindDefinition[]): Promise<Target> => {
  const others = kinds.filter(kind => !ownKinds.includes(kind));
  const first = await startTestApi({ kinds: [...ownKinds, ...others] });
  const later: TestApi[] = [];
  return {
    get url() {
      return `https://127.0.0.1:${(later.at(-1) ?? first).port}`;
    },
    token: await createToken(first.store, 'system:server'),
    ca: await readFile(path.join(first.keysFolder, 'ca.crt'), 'utf8'),
    async createNamespace(name) {
      await first.store.create(NamespaceKind, { metadata: { name } }, server);
    },
    // What a server has in memory it serves on; one that starts now knows what is kept, and no more.
    async compact() {
      await first.engine.compact();
      later.push(await first.another());
    },
    async close() {
      for (const api of later) await api.close();
      await first.close();
    },
  };
};
