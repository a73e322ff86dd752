import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runServerAlone, up } from '@causeway/supervisor';
import { type TestDatabase, testDatabase } from '@causeway/testkit';
import { bareServer, freePorts, type Platform, root, startPlatform, until } from './harness.ts';
import { newerCheckout, newerField, newerVersion } from './newer-checkout.ts';

interface Team {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

describe('[UPG1] [UPG2] from one version to the next while both serve', () => {
  let database: TestDatabase;
  let platform: Platform;
  let token: string;
  let newer: string;
  let port: number;
  /** The platform’s own variables, with those of this machine. */
  let env: NodeJS.ProcessEnv;
  const servers: { stop: AbortController; ended: Promise<void> }[] = [];

  /** A server of a version, beside the platform’s own; resolves when it is ready. */
  const startServer = async (checkout: string, at: number): Promise<void> => {
    const stop = new AbortController();
    await new Promise<void>((resolve, reject) => {
      const ended = runServerAlone(
        { data: platform.data, port: at, checkout, env, signal: stop.signal },
        () => resolve(),
      );
      servers.push({ stop, ended });
      ended.catch(reject);
    });
  };

  const ask = (at: number, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${at}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    });
  const teams = '/apis/causeway.dev/v1/teams';
  const create = (at: number, name: string, spec: object = {}): Promise<Response> =>
    ask(at, teams, {
      method: 'POST',
      body: JSON.stringify({ apiVersion: 'causeway.dev/v1', kind: 'Team', metadata: { name }, spec }),
    });
  const read = async (at: number, name: string): Promise<Team> =>
    (await (await ask(at, `${teams}/${name}`)).json()) as Team;
  const patch = (at: number, name: string, body: object): Promise<Response> =>
    ask(at, `${teams}/${name}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify(body),
    });
  const versionAt = async (at: number): Promise<string> =>
    ((await (await ask(at, '/version')).json()) as { gitVersion: string }).gitVersion.replace(
      /.*causeway\./,
      '',
    );
  /** All names of teams whose creation a watch has seen, in its order. */
  const watch = async (at: number): Promise<{ seen: string[]; end: () => Promise<void> }> => {
    const stop = new AbortController();
    const answer = await ask(at, `${teams}?watch=true`, { signal: stop.signal });
    const seen: string[] = [];
    const reading = (async () => {
      let rest = '';
      for await (const chunk of answer.body ?? []) {
        const lines = (rest + Buffer.from(chunk).toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const { type, object } = JSON.parse(line) as { type: string; object: Team };
          if (type === 'ADDED') seen.push(object.metadata.name);
        }
      }
    })().catch(() => {});
    return {
      seen,
      end: async () => {
        stop.abort();
        await reading;
      },
    };
  };

  before(async () => {
    database = await testDatabase();
    platform = await startPlatform({ DATABASE_URL: database.connectionString });
    env = { ...process.env, ...platform.env };
    token = JSON.parse(await readFile(join(platform.data, 'credentials', 'admin.json'), 'utf8')).token;
    newer = join(platform.folder, 'newer');
    await newerCheckout(newer);
    port = await freePorts();
  });
  after(async () => {
    for (const { stop } of servers) stop.abort();
    await Promise.allSettled(servers.map(({ ended }) => ended));
    await platform?.down();
    await database?.close();
  });

  test('a newer server joins: the schema grows, both write and show the same', async () => {
    await startServer(newer, port);
    const older = await versionAt(platform.port);
    assert.notEqual(older, newerVersion);
    assert.equal(await versionAt(port), newerVersion);
    const watched = await watch(platform.port);
    for (const [name, at] of [
      ['through-newer', port],
      ['through-older', platform.port],
    ] as const)
      assert.equal((await create(at, name)).status, 201);
    await until(
      'the watch',
      async () => watched.seen.includes('through-newer') && watched.seen.includes('through-older'),
    );
    await watched.end();
    // Its controller may write between the two questions.
    for (const name of ['through-newer', 'through-older'])
      await until(`${name} to be the same at both`, async () =>
        isDeepStrictEqual(await read(port, name), await read(platform.port, name)),
      );
  });

  test('[UPG2] the older server shows a field that only the newer one knows, and its writes keep it', async () => {
    assert.equal((await create(port, 'keeps', { [newerField]: 'slow is smooth' })).status, 201);
    assert.equal((await read(platform.port, 'keeps')).spec[newerField], 'slow is smooth');
    assert.equal((await patch(platform.port, 'keeps', { spec: { displayName: 'Keeps' } })).status, 200);
    await until('a replacement of what is newest', async () => {
      const newest = await read(platform.port, 'keeps');
      const body = JSON.stringify({ ...newest, spec: { ...newest.spec, costCenter: '7' } });
      const replaced = await ask(platform.port, `${teams}/keeps`, { method: 'PUT', body });
      const text = await replaced.text();
      assert.ok([200, 409].includes(replaced.status), text);
      return replaced.status === 200;
    });
    const found = await read(port, 'keeps');
    assert.deepEqual(
      [found.spec[newerField], found.spec.displayName, found.spec.costCenter],
      ['slow is smooth', 'Keeps', '7'],
    );
  });

  test('up replaces the older one: no request to a service or to the other server fails, no write is lost', async context => {
    const made = await platform.cli('create', 'service', 'web', '--template', 'empty');
    assert.equal(made.code, 0, made.stderr);
    const clone = await platform.clone('web', {});
    assert.equal((await platform.push(clone, bareServer('still here'))).code, 0);

    const watched = await watch(port);
    const acknowledged: string[] = [];
    const failed: string[] = [];
    let visits = 0;
    /** Milliseconds: the longest time in which the replaced server took no write. */
    let away = 0;
    let last = performance.now();
    let over = false;
    /** Whoever asks without a pause takes the processor from what is to start. */
    const pause = () => sleep(20);
    const visiting = (async () => {
      while (!over) {
        const answer = await platform
          .visit('web.localhost')
          .catch(error => ({ status: 0, body: `${error}` }));
        if (answer.body === 'still here') visits += 1;
        else failed.push(`visit: ${answer.status} ${answer.body}`);
        await pause();
      }
    })();
    const writing = [platform.port, port].map(async (at, index) => {
      for (let count = 0; !over; count += 1) {
        const name = `during-${index}-${count}`;
        const answer = await create(at, name).catch(error => error as Error);
        if (answer instanceof Response && answer.status === 201) {
          acknowledged.push(name);
          if (at === platform.port) {
            away = Math.max(away, performance.now() - last);
            last = performance.now();
          }
        } else if (at === port)
          failed.push(`${name}: ${answer instanceof Error ? answer : await answer.text()}`);
        await pause();
      }
    });
    const began = performance.now();
    await up({ data: platform.data, checkout: newer, env });
    const took = performance.now() - began;
    over = true;
    await Promise.all([visiting, ...writing]);
    assert.deepEqual(failed, []);
    assert.equal(await versionAt(platform.port), newerVersion);
    await until('the watch', async () => acknowledged.every(name => watched.seen.includes(name)));
    await watched.end();
    assert.equal(new Set(watched.seen).size, watched.seen.length, 'told once each');
    for (const at of [platform.port, port]) {
      const { items } = (await (await ask(at, teams)).json()) as { items: Team[] };
      const names = new Set(items.map(({ metadata }) => metadata.name));
      assert.deepEqual(
        acknowledged.filter(name => !names.has(name)),
        [],
      );
    }
    context.diagnostic(
      `upgraded in ${Math.round(took)} ms, meanwhile ${visits} requests to a service and ${acknowledged.length} writes; the replaced server took none for ${Math.round(away)} ms`,
    );
  });

  test('there is a way back: a server of the older version joins what the newer has made', async () => {
    const third = await freePorts();
    await startServer(root, third);
    assert.notEqual(await versionAt(third), newerVersion);
    assert.equal((await create(third, 'back')).status, 201);
    assert.equal((await read(port, 'back')).metadata.name, 'back');
    assert.equal((await read(third, 'keeps')).spec[newerField], 'slow is smooth');
  });
});
