import { isFree, ownerOf } from '@causeway/supervisor';
import { type Check, ok, problem, skipped } from '../check.ts';

export const ports: Check = {
  name: 'ports',
  async run({ port, processes }) {
    if (processes) return skipped('The platform runs and has its ports.');
    const wanted = [port, port + 10, port + 11];
    const free = await Promise.all(wanted.map(isFree));
    const taken = wanted.filter((_, index) => !free[index]);
    if (taken.length === 0) return ok(`Ports ${wanted.join(', ')} are free.`);
    const owners = taken.map(one => `${one}: ${ownerOf(one) ?? 'a process of another user'}`);
    return problem(
      `Ports that \`platform up\` needs are taken: ${taken.join(', ')}.`,
      'Stop the named program, or choose another port: platform up --port N.',
      owners,
    );
  },
};
