import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAccess, createApi } from '../packages/api/index.ts';
import { openDatabase, openEngine, systemClock } from '../packages/engine/index.ts';
import { AccessTokenKind, kinds, NamespaceKind } from '../packages/model/index.ts';
import { ensureCluster, startPostgres } from '../packages/postgres/index.ts';

/**
 * The API server without controllers, in a process of its own, on a PostgreSQL with fsync: what a
 * kube-apiserver with etcd is compared with. Sends its port to the parent; ends when the parent says so.
 */
const [folder = '', token = '', team = ''] = process.argv.slice(2);
const actor = { user: 'system:server', from: 'bench' };
await mkdir(join(folder, 'keys'), { recursive: true });
const cluster = join(folder, 'postgres');
await ensureCluster({ folder: cluster });
const postgres = await startPostgres({ folder: cluster, log: join(folder, 'postgres.log') });
const engine = await openEngine({
  database: openDatabase(postgres.connectionString),
  kinds,
  log: console.error,
});
await engine.store.create(NamespaceKind, { metadata: { name: team } }, actor);
const sha256 = createHash('sha256').update(token).digest('hex');
const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
await engine.store.create(
  AccessTokenKind,
  { metadata: { name: 'bench' }, spec: { user: 'system:server', sha256, expiresAt } },
  actor,
);
const access = createAccess({ store: engine.store, clock: systemClock });
const api = createApi({
  store: engine.store,
  kinds,
  access,
  keysFolder: join(folder, 'keys'),
  version: 'bench',
  log: console.error,
});
const port = await api.listen(0, '127.0.0.1');
process.send?.({ port });
process.once('message', async () => {
  await api.close();
  await engine.close();
  await postgres.stop();
  process.exit(0);
});
