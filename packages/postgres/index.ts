export { POSTGRES_UID } from './account.ts';
export { type ClusterOptions, ensureCluster } from './cluster.ts';
export { MAJOR } from './installation.ts';
export { PostgresError } from './postgres-error.ts';
export {
  adoptPostgres,
  type RunningPostgres,
  type StartOptions,
  startPostgres,
  stopPostgres,
} from './server.ts';
export { socketFolderFor } from './socket-folder.ts';
