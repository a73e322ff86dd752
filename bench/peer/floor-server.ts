import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { OwnServer } from './own-server.ts';
import type { PeerServer } from './peer-server.ts';

/** What Node.js alone costs, with the certificates of ours: what no server written in it can stay below. */
export const startFloorServer = async (own: OwnServer): Promise<PeerServer> => {
  const port = Number(new URL(own.url).port) + 1;
  const child = fork(join(import.meta.dirname, 'floor-program.ts'), [own.keys, String(port)]);
  await once(child, 'message');
  return {
    name: 'floor',
    url: `https://127.0.0.1:${port}`,
    token: own.token,
    ca: own.ca,
    processes: async () => new Map([['server', [child.pid ?? 0]]]),
    async restart() {},
    describe: async () => `Node.js ${process.version} that answers and does nothing else`,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};
