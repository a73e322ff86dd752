import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toPlatformError } from '@causeway/model';
import { parse } from 'yaml';
import { childDefinitions } from './child-definitions.ts';
import { identityOf } from './process-identity.ts';
import { readState, writeState } from './state-file.ts';
import { stopWorkloads } from './stop-workloads.ts';
import { SupervisedChild } from './supervised-child.ts';
import { SupervisedPostgres } from './supervised-postgres.ts';

/**
 * The supervisor: `daemon.ts DATA PORT VERSION`. Keeps the platform’s processes running. SIGTERM ends everything, workloads
 * included; SIGUSR2 ends only the supervisor, for another one to adopt its processes.
 */
const [data = '', portText = '', version = ''] = process.argv.slice(2);
const port = Number(portText);
const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);

const ownDatabase = async (): Promise<string | undefined> => {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const configuration = parse(await readFile(join(data, 'config.yaml'), 'utf8').catch(() => '')) as {
    database?: { url?: string };
  } | null;
  return configuration?.database?.url;
};

const run = async (): Promise<void> => {
  const self = identityOf(process.pid);
  if (!self) throw new Error('this machine does not say when a process started');
  const before = await readState(data);
  const aborted = new AbortController();
  const children: SupervisedChild[] = [];
  let writing: Promise<void> = Promise.resolve();
  let queued = false;
  const external = await ownDatabase();
  const save = (): void => {
    if (queued) return;
    queued = true;
    writing = writing.then(async () => {
      queued = false;
      const processes = [...(external ? [] : [postgres.record]), ...children.map(child => child.record)];
      await writeState(data, { supervisor: self, port, version, processes }).catch(error =>
        log(`run/supervisor.json: ${error.message}`),
      );
    });
  };
  const postgres = new SupervisedPostgres(data, save);

  let ending = false;
  const end = async (all: boolean): Promise<void> => {
    if (ending) return;
    ending = true;
    aborted.abort();
    if (all) {
      const named = (name: string) => children.find(child => child.record.name === name);
      await Promise.all([named('gateway')?.stop(), named('agent')?.stop()]);
      await stopWorkloads(data, version);
      await named('server')?.stop();
      if (!external) await postgres.stop();
    } else {
      for (const child of children) child.leave();
      postgres.leave();
    }
    await writing;
    process.exit(0);
  };
  process.on('SIGTERM', () => void end(true));
  process.on('SIGUSR2', () => void end(false));
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});

  const databaseUrl = external ?? (await postgres.begin(aborted.signal));
  for (const definition of childDefinitions(data, port, databaseUrl)) {
    const child = new SupervisedChild(definition, data, version, save);
    children.push(child);
    child.begin(before?.processes.find(record => record.name === definition.name));
  }
  save();
};

run().catch(error => {
  const { message, next } = toPlatformError(error);
  const evidence = (error as { evidence?: readonly string[] }).evidence ?? [];
  log([message, ...evidence, next].join('\n'));
  process.exit(1);
});
