import { createServer } from 'node:net';
import { type Check, ok, problem, skipped } from '../check.ts';
import { portOwner } from '../port-owner.ts';

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

export const ports: Check = {
  name: 'ports',
  async run({ port, processes }) {
    if (processes) return skipped('The platform runs and has its ports.');
    const wanted = [port, port + 10, port + 11];
    const free = await Promise.all(wanted.map(isFree));
    const taken = wanted.filter((_, index) => !free[index]);
    if (taken.length === 0) return ok(`Ports ${wanted.join(', ')} are free.`);
    const owners = await Promise.all(
      taken.map(async one => `${one}: ${(await portOwner(one)) ?? 'a program of another user'}`),
    );
    return problem(
      `Ports that \`platform up\` needs are taken: ${taken.join(', ')}.`,
      'Stop the named program, or choose another port: platform up --port N.',
      owners,
    );
  },
};
