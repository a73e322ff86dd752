import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type KindDefinition, NamespaceKind, kinds as ownKinds } from '@causeway/model';
import { createToken, server, startTestApi } from '../../packages/api/testing/test-api.ts';
import type { Target } from './target.ts';

/** Our own API on PostgreSQL, with the kinds beside its own. */
export const startOwnTarget = async (kinds: readonly KindDefinition[]): Promise<Target> => {
  const others = kinds.filter(kind => !ownKinds.includes(kind));
  const api = await startTestApi({ kinds: [...ownKinds, ...others] });
  return {
    url: `https://127.0.0.1:${api.port}`,
    token: await createToken(api.store, 'system:server'),
    ca: await readFile(path.join(api.keysFolder, 'ca.crt'), 'utf8'),
    patienceMs: 8_000,
    async createNamespace(name) {
      await api.store.create(NamespaceKind, { metadata: { name } }, server);
    },
    async compact() {
      await api.engine.compact();
    },
    close: api.close,
  };
};
