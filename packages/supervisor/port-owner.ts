import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** Whether a port of the loopback address can be listened on now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const listening = '0A';

/** The inode of the socket that listens on a port, from /proc/net/tcp and tcp6 (proc(5)). */
const inodeOf = (port: number): string | undefined => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${wanted}`) && fields[3] === listening) return fields[9];
    }
  }
  return undefined;
};

/** Who listens on a port, in words: `process 4711 (node server.js)`; `undefined` when this machine does not tell us. */
export const ownerOf = (port: number): string | undefined => {
  const inode = inodeOf(port);
  if (inode === undefined) return undefined;
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`))
        if (readlinkSync(`/proc/${pid}/fd/${descriptor}`) === `socket:[${inode}]`) {
          const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
          return `process ${pid} (${command.slice(0, 120)})`;
        }
    } catch {
      // Another user's process, or one that has just ended.
    }
  }
  return undefined;
};
