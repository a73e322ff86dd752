import { spawn } from 'node:child_process';
import path from 'node:path';
import { MAJOR, socketFolderFor } from '@causeway/postgres';

/** Reads until this process closes the pipe by ending, then stops the server and removes everything. */
const watcher = `
cat >/dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if read -r pid <"$2"; then kill -QUIT "$pid"; fi
  rm -rf "$1" "$3" && exit
  sleep 0.2
done
`;

/**
 * When this process ends, kill -9 included, the PostgreSQL of this cluster ends too.
 * @param remove what is removed then; default the cluster's folder.
 */
export const endPostgresWithThisProcess = (cluster: string, remove = cluster): void => {
  const pidFile = path.join(cluster, String(MAJOR), 'postmaster.pid');
  const child = spawn('sh', ['-c', watcher, 'watcher', remove, pidFile, socketFolderFor(cluster)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
};
