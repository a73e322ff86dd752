import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGitHttpHandler } from '../index.ts';
import { plainPorts } from './git-host.ts';

/**
 * A server in a process of its own, to be killed: `node server-process.ts FOLDER [judge|report]`. It prints
 * its port, then what it is doing; where the second argument says so it stays for ever.
 */
const [, , folder = '', stay] = process.argv;
const forever = (): Promise<never> => new Promise(() => {});

const handler = createGitHttpHandler({
  ...plainPorts,
  folder,
  judge: async push => {
    console.log('judging');
    return stay === 'judge' ? forever() : plainPorts.judge(push);
  },
  report: async function* () {
    console.log('reporting');
    yield 'Recorded.';
    if (stay === 'report') await forever();
  },
});
const server = createServer((request, response) => void handler(request, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
