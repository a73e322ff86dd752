import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';

/** API, portal and git; the gateway is 10 above, its metrics 11. */
export const defaultPort = 7070;

/** Whether a program may listen on this port of 127.0.0.1 now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });

/** Who listens on this port, as `node server.js (process 123)`; `undefined` when that is not ours to see. */
export const ownerOf = (port: number): string | undefined => {
  try {
    return process.platform === 'linux' ? ownerOnLinux(port) : ownerByLsof(port);
  } catch {
    return undefined;
  }
};

const LISTENING = '0A';

const ownerOnLinux = (port: number): string | undefined => {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => listeningInodes(table, port));
  const sockets = new Set(inodes.map(inode => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pid = readdirSync('/proc').find(name => /^\d+$/.test(name) && holdsOneOf(name, sockets));
  return pid === undefined ? undefined : `${commandLineOf(pid)} (process ${pid})`;
};

/** proc(5), /proc/net/tcp: local address, state and inode are the fields 1, 3 and 9. */
const listeningInodes = (table: string, port: number): string[] => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readIfThere(table)
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[1]?.endsWith(suffix) && fields[3] === LISTENING)
    .flatMap(fields => fields[9] ?? []);
};

const holdsOneOf = (pid: string, sockets: ReadonlySet<string>): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
};

const linkOf = (file: string): string => {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
};

const commandLineOf = (pid: string): string =>
  readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 200) ||
  readIfThere(`/proc/${pid}/comm`).trim();

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const ownerByLsof = (port: number): string | undefined => {
  const listed = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  });
  const [, pid, command] = /^p(\d+)\nc(.*)$/m.exec(listed) ?? [];
  return pid === undefined ? undefined : `${command} (process ${pid})`;
};
