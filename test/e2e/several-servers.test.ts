import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ownerOf } from '@causeway/supervisor';
import { type TestDatabase, testDatabase } from '@causeway/testkit';
import pg from 'pg';
import { shardOf } from '../../packages/engine/lease/shard.ts';
import { freePorts, type Platform, type Ran, root, startPlatform, until } from './harness.ts';

/** A server that takes its time, so that its rollout can be interrupted. */
const slowServer = (text: string, ms: number): Record<string, string> => ({
  'server.js': `const server = require('node:http').createServer((request, response) => response.end(${JSON.stringify(text)}));
setTimeout(() => server.listen(process.env.PORT), ${ms});\n`,
});

describe('[ENG7] [ENG9] two servers of one platform, on a PostgreSQL of its own', () => {
  let database: TestDatabase;
  let sql: pg.Client;
  let platform: Platform;
  let token: string;
  /** The port of the server that runs alone; the other one is the platform’s own. */
  let second: number;
  let alone: ChildProcess | undefined;
  let own: string;

  const shares = async (): Promise<Map<string, string[]>> => {
    const { rows } = await sql.query(
      "SELECT holder, array_agg(name) AS names FROM lease WHERE name LIKE 'shard/%' AND expires > clock_timestamp() GROUP BY holder",
    );
    return new Map(rows.map(row => [row.holder, row.names]));
  };
  const shareOfSecond = async (): Promise<string[]> =>
    [...(await shares())].flatMap(([holder, names]) => (holder === own ? [] : names));

  const startSecond = async (): Promise<void> => {
    const child = spawn(join(root, 'platform'), ['server', '--port', String(second)], {
      cwd: platform.folder,
      env: { ...process.env, ...platform.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alone = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        said += chunk;
      });
    await until('the second server', async () => {
      assert.equal(child.exitCode, null, said);
      return said.includes(`This server answers at http://127.0.0.1:${second}`);
    });
    await until('an equal share', async () => (await shareOfSecond()).length === 8);
  };
  const pidOfSecond = (): number => Number(/process (\d+)/.exec(ownerOf(second) ?? '')?.[1]);

  const ask = (port: number, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
  const api = '/apis/causeway.dev/v1/namespaces/default';
  const urlThrough = (port: number, service: string): string =>
    `http://token:${token}@127.0.0.1:${port}/git/default/${service}.git`;
  const untilStarting = (port: number, service: string): Promise<boolean> =>
    until('the rollout to begin', async () => {
      const { status } = (await (await ask(port, `${api}/rollouts/${service}.production`)).json()) as {
        status?: { phase?: string };
      };
      return status?.phase === 'Starting';
    });
  const cloneThrough = async (port: number, service: string): Promise<string> => {
    const clone = await platform.clone(service, {});
    await platform.git(clone, 'remote', 'set-url', 'origin', urlThrough(port, service));
    return clone;
  };

  before(async () => {
    database = await testDatabase();
    sql = new pg.Client({ connectionString: database.connectionString });
    await sql.connect();
    platform = await startPlatform({ DATABASE_URL: database.connectionString });
    token = JSON.parse(await readFile(join(platform.data, 'credentials', 'admin.json'), 'utf8')).token;
    [own = ''] = [...(await shares()).keys()];
    second = await freePorts();
    await startSecond();
  });
  after(async () => {
    alone?.kill('SIGTERM');
    await platform?.down();
    await sql?.end();
    await database?.close();
  });

  /** Whose rollout the server with these shares looks after, and as many of its other keys as can be had. */
  const serviceWithin = (shareNames: readonly string[]): string => {
    const share = new Set(shareNames);
    const isIts = (name: string, suffix: string): boolean => share.has(shardOf(`default/${name}${suffix}`));
    const itsOthers = (name: string): number => ['', '.1', '.2'].filter(suffix => isIts(name, suffix)).length;
    const [best] = Array.from({ length: 100 }, (_, count) => `service-${count}`)
      .filter(name => isIts(name, '.production'))
      .sort((one, other) => itsOthers(other) - itsOthers(one));
    assert.ok(best, `nothing for the shares ${[...share]}`);
    return best;
  };
  const makeService = async (port: number, name: string): Promise<void> => {
    const made = await ask(port, `${api}/services`, {
      method: 'POST',
      body: JSON.stringify({
        apiVersion: 'causeway.dev/v1',
        kind: 'Service',
        metadata: { name },
        spec: { template: 'empty' },
      }),
    });
    assert.equal(made.status, 201, await made.text());
    await until('its repository', async () => (await platform.status(name)).cloneUrl);
  };
  let name: string;
  let clone: string;

  test('made through one, pushed through the other, watched through the first', async () => {
    name = serviceWithin(await shareOfSecond());
    await makeService(platform.port, name);
    const status = await platform.status(name);
    assert.equal(status.cloneUrl, `http://127.0.0.1:${platform.port}/git/default/${name}.git`);
    const stopping = new AbortController();
    const watch = await ask(
      platform.port,
      `${api}/rollouts?watch=true&fieldSelector=metadata.name=${name}.production`,
      { signal: stopping.signal },
    );
    let seen = '';
    const watching = (async () => {
      for await (const chunk of watch.body ?? []) seen += Buffer.from(chunk).toString();
    })().catch(() => {});

    clone = await cloneThrough(second, name);
    const pushed = await platform.push(clone, slowServer('first', 0));
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.match(pushed.stderr, /✔ serving {2}http:\/\/service-\d+\.localhost:\d+/);
    assert.match(pushed.stderr, /live after/);
    await until('the watch to tell', async () => seen.includes('"phase":"Serving"'));
    stopping.abort();
    await watching;
    assert.equal((await platform.visit(`${name}.localhost`)).body, 'first');
  });

  test('both show the same at the same revision, to the byte', async () => {
    for (const kind of ['services', 'builds', 'releases', 'rollouts', 'replicas', 'routes']) {
      const { metadata } = (await (await ask(second, `${api}/${kind}`)).json()) as {
        metadata: { resourceVersion: string };
      };
      const at = `${api}/${kind}?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`;
      const [one = '', other] = await Promise.all(
        [platform.port, second].map(async port => (await ask(port, at)).text()),
      );
      assert.ok(one.includes(`"resourceVersion":"${metadata.resourceVersion}"`), one);
      assert.equal(other, one, kind);
    }
  });

  test('[GIT3] of pushes to one branch through both at once one is taken, and the other can follow', async () => {
    await makeService(second, 'both');
    const clones = await Promise.all([platform.port, second].map(port => cloneThrough(port, 'both')));
    const pushes = await Promise.all(
      clones.map((at, index) =>
        platform.push(at, { [`file-${index}`]: '', ...slowServer('both', 0) }, '-o', 'no-wait'),
      ),
    );
    const refused = pushes.findIndex(({ code }) => code !== 0);
    assert.deepEqual(pushes.map(({ code }) => code).toSorted(), [0, 1], JSON.stringify(pushes));
    const at = clones[refused] as string;
    const again: Ran[] = [
      await platform.git(at, 'fetch', '-q', 'origin'),
      await platform.git(at, 'rebase', '-q', '-X', 'theirs', 'origin/main'),
      await platform.git(at, 'push', '-q', '-o', 'no-wait', 'origin', 'main'),
    ];
    assert.deepEqual(
      again.map(({ code }) => code),
      [0, 0, 0],
      JSON.stringify(again),
    );
    const log = await platform.git(at, 'ls-tree', '--name-only', 'origin/main');
    assert.deepEqual(log.stdout.trim().split('\n'), ['file-0', 'file-1', 'server.js']);
    await until('both to be recorded', async () => {
      const { status } = (await (await ask(second, `${api}/services/both`)).json()) as {
        status?: { sequence?: number };
      };
      return status?.sequence === 2;
    });
  });

  test('[ENG9] [DEL8] killed in the middle of a rollout, the other finishes it, once', async context => {
    await platform.git(clone, 'remote', 'set-url', 'origin', (await platform.status(name)).cloneUrl ?? '');
    const pushing = platform.push(clone, slowServer('second', 2000));
    await untilStarting(platform.port, name);
    const died = pidOfSecond();
    const began = performance.now();
    process.kill(died, 'SIGKILL');
    await until('all shares to be taken over', async () => (await shares()).get(own)?.length === 16);
    const took = performance.now() - began;
    const pushed = await pushing;
    const served = performance.now() - began;
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.match(pushed.stderr, /live after/);
    assert.equal((await platform.visit(`${name}.localhost`)).body, 'second');
    context.diagnostic(
      `shares handed over ${Math.round(took)} ms after kill -9 (600 ms are waited for a sign of life); served after ${Math.round(served)} ms, 2000 of them the service’s own start`,
    );
    // A second, and what a loaded machine adds.
    assert.ok(took < 20_000, `${took} ms`);

    const releases = (await (await ask(platform.port, `${api}/releases`)).json()) as {
      items: { metadata: { name: string } }[];
    };
    assert.deepEqual(
      releases.items.map(({ metadata }) => metadata.name).filter(one => one.startsWith(`${name}.`)),
      [`${name}.1`, `${name}.2`],
    );
    const steps = {
      'service.created': 1,
      'change.pushed': 2,
      'build.finished': 2,
      'release.created': 2,
      'release.published': 2,
    };
    let times: Record<string, number> = {};
    await until('each step to be recorded', async () => {
      const { rows } = await sql.query(
        'SELECT type, count(*)::int AS times FROM ledger WHERE service = $1 AND type = ANY ($2) GROUP BY type',
        [name, Object.keys(steps)],
      );
      times = Object.fromEntries(rows.map(row => [row.type, row.times]));
      return Object.entries(steps).every(([type, count]) => (times[type] ?? 0) >= count);
    }).catch(error => {
      throw new Error(JSON.stringify(times), { cause: error });
    });
    assert.deepEqual(times, steps);
  });

  test('[ENG9] back again, it gets its share', async () => {
    await until('its command to end', async () => alone?.exitCode === 1);
    await startSecond();
    const [one = [], other = []] = [...(await shares()).values()];
    assert.equal(one.length + other.length, 16);
    assert.equal(new Set([...one, ...other]).size, 16);
  });

  test('[ENG9] [GIT1] the platform’s own killed in the middle of a rollout, the second goes on at once', async context => {
    const dead = own;
    const its = serviceWithin((await shares()).get(dead) ?? []);
    if (its !== name) await makeService(second, its);
    const at = await cloneThrough(second, its);
    const pushing = platform.push(at, slowServer('third', 2000));
    await untilStarting(second, its);
    const died = Number(/process (\d+)/.exec(ownerOf(platform.port) ?? '')?.[1]);
    const began = performance.now();
    process.kill(died, 'SIGKILL');
    await until('all shares to be looked after', async () => {
      assert.equal((await ask(second, `${api}/services/${its}`)).status, 200);
      const held = await shares();
      return !held.has(dead) && [...held.values()].flat().length === 16;
    });
    const took = performance.now() - began;
    const pushed = await pushing;
    const served = performance.now() - began;
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.match(pushed.stderr, /live after/);
    assert.equal((await platform.visit(`${its}.localhost`)).body, 'third');
    context.diagnostic(
      `shares handed over ${Math.round(took)} ms after kill -9; served after ${Math.round(served)} ms, 2000 of them the service’s own start`,
    );
    assert.ok(took < 20_000, `${took} ms`);
  });

  test('[OPS1] down ends it with the rest', async () => {
    const pid = pidOfSecond();
    await platform.cli('down');
    // Whoever started it may take a moment to notice its end.
    await until('its end', () => {
      try {
        return !process.kill(pid, 0);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'ESRCH';
      }
    });
  });
});
