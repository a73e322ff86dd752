/** What decides postgresql.conf. */
export interface Settings {
  readonly socketFolder: string;
  /** `false` loses data when the machine stops: for throw-away clusters only. */
  readonly durable: boolean;
}

/**
 * postgresql.conf, written anew at each start; `ALTER SYSTEM` overrides it. Sized for one small machine: the cluster
 * holds resources, not users' data, and takes about 60 MB at rest.
 */
export const postgresqlConf = ({ socketFolder, durable }: Settings): string =>
  [
    '# Written by Causeway at each start. Own settings: ALTER SYSTEM.',
    "listen_addresses = ''",
    `unix_socket_directories = '${socketFolder}'`,
    'unix_socket_permissions = 0700',
    'max_connections = 60',
    'shared_buffers = 32MB',
    'work_mem = 4MB',
    'maintenance_work_mem = 32MB',
    'effective_cache_size = 512MB',
    // Files in the cluster: /dev/shm is small in containers, and systemd empties it when a user logs out.
    'dynamic_shared_memory_type = mmap',
    // Fewer processes at rest.
    'io_method = sync',
    'max_parallel_workers_per_gather = 0',
    'max_parallel_maintenance_workers = 0',
    'max_logical_replication_workers = 0',
    'jit = off',
    'max_wal_size = 256MB',
    'timezone = UTC',
    'log_timezone = UTC',
    "log_line_prefix = '%m [%p] '",
    'log_checkpoints = off',
    ...(durable ? ['fsync = on', 'synchronous_commit = on'] : throwAway),
    '',
  ].join('\n');

const throwAway = ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off', 'autovacuum = off'];

/** Whoever reaches the socket must also know the password. There is no TCP. */
export const pgHbaConf = 'local all all scram-sha-256\n';
