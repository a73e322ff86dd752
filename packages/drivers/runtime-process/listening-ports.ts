import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** A socket that waits for connections. */
export interface Listener {
  /** As a program would print it: `127.0.0.1`, `0.0.0.0`, `::1`. */
  readonly host: string;
  readonly port: number;
  readonly inode: string;
  /** The user who opened it. */
  readonly uid: number;
}

const listening = '0A';

/** The kernel prints addresses as 32-bit words in the byte order of the machine. */
const wordBytes = (word: string): number[] => {
  const bytes = [0, 2, 4, 6].map(at => Number.parseInt(word.slice(at, at + 2), 16));
  return new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? bytes.reverse() : bytes;
};

const hostOf = (hex: string): string => {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(wordBytes);
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16),
  );
  // The URL parser writes an IPv6 address in its short form (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
};

/** The listening sockets in the text of `/proc/net/tcp` or `/proc/net/tcp6` (proc_net_tcp in the kernel's documentation). */
export const parseListeners = (text: string): Listener[] =>
  text.split('\n').flatMap(line => {
    const fields = line.trim().split(/\s+/);
    const [address = '', port = ''] = (fields[1] ?? '').split(':');
    if (fields[3] !== listening || address === '') return [];
    return [
      {
        host: hostOf(address),
        port: Number.parseInt(port, 16),
        inode: fields[9] ?? '',
        uid: Number(fields[7]),
      },
    ];
  });

/** Some three lines. The kernel looks up no more sockets than it is asked for. */
const pieceBytes = 512;

const isOfConnection = (line: string): boolean => {
  const state = line.trim().split(/\s+/)[3];
  return state !== listening && state !== 'st';
};

/**
 * The beginning of such a file, at least as far as listening sockets go: they come first. What follows is all connections of
 * the machine, also those that have ended, and takes the kernel 10 ms and more to put together.
 */
const readListening = (path: string): string => {
  const lines: string[] = [];
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const piece = Buffer.alloc(pieceBytes);
    for (let rest = ''; ; ) {
      const length = readSync(file, piece);
      const found = (rest + piece.toString('latin1', 0, length)).split('\n');
      rest = found.pop() ?? '';
      lines.push(...found);
      if (length === 0 || found.some(isOfConnection)) return lines.join('\n');
    }
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
};

/** None of a process that has ended meanwhile; `undefined` when the kernel does not let us look. */
const socketInodes = (pid: number): string[] | undefined => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH' ? [] : undefined;
  }
};

const allListeners = (): Listener[] => [
  ...parseListeners(readListening('/proc/net/tcp')),
  ...parseListeners(readListening('/proc/net/tcp6')),
];

/** What these processes listen on, each address once. Empty, too, when the kernel does not let us look. */
export const listenersOf = (pids: readonly number[]): Listener[] => {
  const owned = new Set(pids.flatMap(pid => socketInodes(pid) ?? []));
  return allListeners().filter(({ inode }) => owned.has(inode));
};

/** Who listens on the port, on whichever address. */
export const listenersOn = (port: number): Listener[] =>
  allListeners().filter(listener => listener.port === port);

/** Whether one of the processes holds one of the sockets; `undefined` when none is seen to, and not all could be looked at. */
export const hold = (pids: readonly number[], listeners: readonly Listener[]): boolean | undefined => {
  const inodes = new Set(listeners.map(({ inode }) => inode));
  const held = pids.map(socketInodes);
  if (held.some(sockets => sockets?.some(inode => inodes.has(inode)))) return true;
  return held.includes(undefined) ? undefined : false;
};
