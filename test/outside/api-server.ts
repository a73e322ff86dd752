import { flushCompileCache } from 'node:module';
import { createAccess, createApi } from '@causeway/api';
import { openDatabase, openEngine, systemClock } from '@causeway/engine';
import { EnvironmentKind, kinds, ServiceKind } from '@causeway/model';
import { type PlantedFault, plantedFaults } from './planted-faults.ts';

/**
 * A server as production runs it, without controllers: engine and API on the database that CAUSEWAY_DATABASE_URL names.
 * Tells the parent when it listens; ends when the parent is gone. The third argument plants a fault that must be found.
 */
const [port = '', keysFolder = '', fault = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit(0));
/** Environments are for everyone here, so that clients can change objects of two kinds. */
const served = kinds.map(kind => (kind === EnvironmentKind ? { ...kind, access: ServiceKind.access } : kind));
const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);
try {
  const database = openDatabase(process.env.CAUSEWAY_DATABASE_URL ?? '');
  const engine = await openEngine({
    database: fault === '' ? database : plantedFaults[fault as PlantedFault](database),
    kinds: served,
    log,
  });
  const { store } = engine;
  const api = createApi({
    store,
    kinds: served,
    access: createAccess({ store, clock: systemClock }),
    keysFolder,
    version: 'outside',
    log,
  });
  await api.listen(Number(port), '127.0.0.1');
  process.send?.('listening');
  log('listening');
  flushCompileCache();
} catch (error) {
  log(`cannot start: ${(error as Error).message}`);
  process.exit(1);
}
