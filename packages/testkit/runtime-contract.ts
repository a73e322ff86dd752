import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import type { Runtime, Workload, WorkloadState } from '@causeway/contracts';
import { HttpSettings, type Resources } from '@causeway/model';
import { until } from './until.ts';

export interface OpenRuntime {
  readonly runtime: Runtime;
  /** What happens when the platform's process ends: workloads go on. */
  close(): Promise<void>;
}

/** What a runtime must bring to be tested. One place (a folder, a cluster) that any number of instances are opened over. */
export interface RuntimeUnderTest {
  open(): Promise<OpenRuntime>;
  /** Makes an artifact of these files, in which `node` can be run; returns its address. */
  artifact(files: Readonly<Record<string, string>>): Promise<string>;
  /** All that the workload has written so far. */
  log(workload: Workload): Promise<string>;
  /** Whether limits of memory hold here; a reason why not. */
  readonly limits: true | string;
  /** Removes all that was made. Nothing runs any more. */
  remove(): Promise<void>;
}

export interface RuntimeContractOptions {
  readonly make: () => Promise<RuntimeUnderTest>;
}

const never = new AbortController().signal;

const server = `
const http = require('node:http');
console.log('starting with', process.env.GREETING);
http.createServer((request, response) => {
  if (request.url === '/exit') process.exit(3);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end('hello');
}).listen(process.env.PORT, process.env.HOST, () => console.log('listening'));
process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
`;

interface Bench {
  readonly place: RuntimeUnderTest;
  readonly runtime: Runtime;
  /** Ends the runtime as its process would, and opens the next. */
  reopen(): Promise<Runtime>;
  readonly states: WorkloadState[];
  workload(given?: Partial<Workload>): Promise<Workload>;
  /** Waits until a state of the workload fulfils the condition. */
  until(id: string, wanted: (state: WorkloadState) => boolean, runtime?: Runtime): Promise<WorkloadState>;
}

const stateOf = async (runtime: Runtime, id: string): Promise<WorkloadState | undefined> =>
  (await runtime.list()).find(state => state.id === id);

const resources: Resources = { cpu: '1', memory: '256Mi' };

const setUp = async (t: TestContext, make: RuntimeContractOptions['make']): Promise<Bench> => {
  const place = await make();
  let opened = await place.open();
  const { runtime } = opened;
  const made = new Set<string>();
  const listening = new AbortController();
  const states: WorkloadState[] = [];
  const told = (async () => {
    for await (const state of runtime.changes(listening.signal)) states.push(state);
  })();
  t.after(async () => {
    listening.abort();
    await told;
    await Promise.all([...made].map(id => opened.runtime.remove(id, never)));
    await opened.close();
    await place.remove();
  });
  return {
    place,
    runtime,
    states,
    async reopen() {
      await opened.close();
      opened = await place.open();
      return opened.runtime;
    },
    async workload(given = {}) {
      const id = randomUUID();
      made.add(id);
      return {
        id,
        team: 'shop',
        service: 'orders',
        name: `orders.production.${id.slice(0, 8)}-web-0`,
        mode: 'service',
        command: 'node server.js',
        artifact: given.artifact ?? (await place.artifact({ 'server.js': server })),
        variables: { GREETING: 'good morning' },
        resources,
        http: HttpSettings.parse({ startTimeout: '15s' }),
        ...given,
      };
    },
    until: (id, wanted, of = runtime) =>
      until(
        'the workload to be so',
        async () => {
          const state = await stateOf(of, id);
          return state && wanted(state) && state;
        },
        { seen: () => stateOf(of, id) },
      ),
  };
};

const ask = (address: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(`http://${address}${path}`, { agent: false }, response => {
      let body = '';
      response.on('data', chunk => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
      response.on('error', reject);
    }).on('error', reject);
  });

const isReady = (state: WorkloadState): boolean => state.phase === 'Ready';
const isFailed = (state: WorkloadState): boolean => state.phase === 'Failed';

const program = (body: string) => ({ 'server.js': body });

/** What every `Runtime` must do. Each runtime runs it against itself. */
export const testRuntimeContract = (name: string, { make }: RuntimeContractOptions): void => {
  describe(`${name} keeps the contract of runtimes`, { concurrency: 4 }, () => {
    test('a service becomes ready, answers, and its output is kept', async t => {
      const { runtime, workload, until, place, states } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      const state = await until(orders.id, isReady);
      assert.equal(await ask(state.address!, '/'), 'hello');
      assert.equal(state.restarts, 0, `started again; it wrote: ${await place.log(orders)}`);
      assert.ok(Date.parse(state.startedAt!) <= Date.parse(state.readyAt!));
      assert.match(await place.log(orders), /starting with good morning\n/);
      assert.deepEqual(
        [...new Set(states.map(({ phase }) => phase))],
        ['Starting', 'Ready'],
        'changes tell the phases in their order',
      );
    });

    test('variables reach it as they are, and PORT is the one it is asked at', async t => {
      const { runtime, workload, until } = await setUp(t, make);
      const odd = {
        EMPTY: '',
        QUOTES: `a'b"c $HOME \`id\` \\`,
        LINES: 'one\ntwo\n',
        UTF: 'grüße',
        DASH: '-n',
      };
      const orders = await workload({ variables: odd });
      await runtime.start(orders, never);
      const { address } = await until(orders.id, isReady);
      const found = JSON.parse(await ask(address!, '/env'));
      for (const [variable, value] of Object.entries(odd)) assert.equal(found[variable], value);
      assert.ok(address!.endsWith(`:${found.PORT}`));
    });

    test('to start what runs changes nothing', async t => {
      const { runtime, workload, until } = await setUp(t, make);
      const orders = await workload();
      await Promise.all([runtime.start(orders, never), runtime.start(orders, never)]);
      const before = await until(orders.id, isReady);
      await runtime.start(orders, never);
      assert.deepEqual(await stateOf(runtime, orders.id), before);
      assert.equal((await runtime.list()).filter(({ id }) => id === orders.id).length, 1);
    });

    test('a new instance finds what runs and goes on with it', async t => {
      const { runtime, reopen, workload, until } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      const before = await until(orders.id, isReady);
      const next = await reopen();
      assert.equal(await ask(before.address!, '/'), 'hello');
      const adopted = await until(orders.id, isReady, next);
      assert.deepEqual([adopted.address, adopted.pid, adopted.restarts], [before.address, before.pid, 0]);
      await next.start(orders, never);
      assert.equal((await until(orders.id, isReady, next)).pid, before.pid);

      await ask(before.address!, '/exit').catch(() => {});
      const restarted = await until(orders.id, state => isReady(state) && state.restarts === 1, next);
      assert.notEqual(restarted.pid, before.pid);
    });

    test('a service that ends after it was ready is started again', async t => {
      const { runtime, workload, until, states } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      const { address } = await until(orders.id, isReady);
      await ask(address!, '/exit').catch(() => {});
      const again = await until(orders.id, state => isReady(state) && state.restarts === 1);
      assert.equal(await ask(again.address!, '/'), 'hello');
      const between = states.find(state => state.phase === 'Starting' && state.restarts === 1);
      assert.equal(between?.failure?.code, 'ProcessExited');
      assert.match(between!.failure!.message, /exit code 3/);
    });

    test('a service that never becomes ready fails, with its last lines', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const artifact = await place.artifact(program(`console.error('no such table'); process.exit(7);`));
      const orders = await workload({ artifact });
      await runtime.start(orders, never);
      const { failure, exitCode, restarts } = await until(orders.id, isFailed);
      assert.deepEqual([failure?.code, exitCode, restarts], ['ProcessExited', 7, 2]);
      assert.ok(failure!.evidence.includes('no such table'));
      await runtime.start(orders, never);
      assert.equal((await stateOf(runtime, orders.id))?.phase, 'Failed', 'it stays failed');
    });

    test('a missing variable is named', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const body = `if (!process.env.DATABASE_URL) throw new Error('Missing required environment variable DATABASE_URL');`;
      const orders = await workload({ artifact: await place.artifact(program(body)) });
      await runtime.start(orders, never);
      const { failure } = await until(orders.id, isFailed);
      assert.equal(failure?.code, 'MissingVariable');
      assert.match(failure!.message, /DATABASE_URL/);
    });

    test('a command that is not there', async t => {
      const { runtime, workload, until } = await setUp(t, make);
      const orders = await workload({ command: 'gunicron app:app' });
      await runtime.start(orders, never);
      const { failure } = await until(orders.id, isFailed);
      assert.equal(failure?.code, 'StartFailed');
      assert.match(failure!.message, /gunicron app:app/);
    });

    test('a service that listens nowhere, or elsewhere', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const http = HttpSettings.parse({ startTimeout: '2500ms' });
      const deaf = await workload({
        artifact: await place.artifact(program('setInterval(() => {}, 1000)')),
        http,
      });
      const stubborn = `require('node:http').createServer().listen(0, '127.0.0.1', function () { console.log('on ' + this.address().port); });`;
      const elsewhere = await workload({ artifact: await place.artifact(program(stubborn)), http });
      await Promise.all([runtime.start(deaf, never), runtime.start(elsewhere, never)]);
      assert.equal((await until(deaf.id, isFailed)).failure?.code, 'NotListening');
      const { failure } = await until(elsewhere.id, isFailed);
      assert.equal(failure?.code, 'WrongPort');
      const [, port] = /on (\d+)/.exec(await place.log(elsewhere))!;
      assert.match(failure!.message, new RegExp(`listens on ${port} instead of PORT=\\d+`));
    });

    test('a service whose health path answers 500', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const body = `require('node:http').createServer((request, response) => { response.statusCode = 500; response.end('database is down'); }).listen(process.env.PORT);`;
      const http = HttpSettings.parse({ startTimeout: '5s', healthPath: '/health' });
      const orders = await workload({ artifact: await place.artifact(program(body)), http });
      await runtime.start(orders, never);
      const { failure } = await until(orders.id, isFailed);
      assert.equal(failure?.code, 'Unhealthy');
      assert.match(failure!.message, /GET \/health was answered with 500/);
      assert.ok(failure!.evidence.some(line => line.includes('database is down')));
    });

    test('a process that does not listen is ready when it goes on running', async t => {
      const { runtime, workload, until } = await setUp(t, make);
      const { http: _, ...worker } = await workload({ command: 'node -e "setInterval(() => {}, 1000)"' });
      await runtime.start(worker, never);
      assert.equal((await until(worker.id, isReady)).address, undefined);
    });

    test('a command that runs once succeeds, fails, or takes too long', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const once = async (command: string, timeoutMs = 60_000): Promise<Workload> => {
        const { http: _, ...given } = await workload({ mode: 'once', command, timeoutMs });
        return given;
      };
      const good = await once(`node -e "console.log('migrated')"`);
      const bad = await once(`node -e "console.error('no rights'); process.exit(4)"`);
      const slow = await once(`node -e "setInterval(() => {}, 1000)"`, 700);
      for (const command of [good, bad, slow]) await runtime.start(command, never);
      assert.equal((await until(good.id, state => state.phase === 'Succeeded')).exitCode, 0);
      assert.match(await place.log(good), /migrated/);
      const failed = await until(bad.id, isFailed);
      assert.deepEqual([failed.exitCode, failed.failure?.code, failed.restarts], [4, 'ProcessExited', 0]);
      assert.ok(failed.failure!.evidence.includes('no rights'));
      assert.equal((await until(slow.id, isFailed)).failure?.code, 'Timeout');
      await runtime.start(good, never);
      await runtime.stop(good.id, 0, never);
      assert.equal((await stateOf(runtime, good.id))?.phase, 'Succeeded', 'it keeps its result');
    });

    test('to stop asks first, and resolves when nothing runs', async t => {
      const { runtime, workload, until, place, states } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      const { address } = await until(orders.id, isReady);
      await runtime.stop(orders.id, 10_000, never);
      await assert.rejects(ask(address!, '/'));
      assert.equal((await stateOf(runtime, orders.id))?.phase, 'Stopped');
      assert.match(await place.log(orders), /asked to end\n/);
      assert.deepEqual(
        states.slice(-2).map(({ phase }) => phase),
        ['Stopping', 'Stopped'],
      );
      await runtime.stop(orders.id, 10_000, never);
    });

    test('who does not end when asked is ended', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      const body = `process.on('SIGTERM', () => console.log('no')); require('node:http').createServer().listen(process.env.PORT);`;
      const http = HttpSettings.parse({ readiness: 'tcp' });
      const orders = await workload({ artifact: await place.artifact(program(body)), http });
      await runtime.start(orders, never);
      const { address } = await until(orders.id, isReady);
      const begun = Date.now();
      await runtime.stop(orders.id, 300, never);
      assert.ok(Date.now() - begun >= 290);
      await assert.rejects(ask(address!, '/'));
      assert.match(await place.log(orders), /no\n/);
    });

    test('to stop a start that is under way', async t => {
      const { runtime, workload } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      await runtime.stop(orders.id, 5000, never);
      assert.equal((await stateOf(runtime, orders.id))?.phase, 'Stopped');
    });

    test('what is removed is forgotten, its log is not', async t => {
      const { runtime, reopen, workload, until, place } = await setUp(t, make);
      const orders = await workload();
      await runtime.start(orders, never);
      await until(orders.id, isReady);
      await runtime.stop(orders.id, 5000, never);
      await runtime.remove(orders.id, never);
      assert.equal(await stateOf(runtime, orders.id), undefined);
      const next = await reopen();
      assert.equal(await stateOf(next, orders.id), undefined);
      assert.match(await place.log(orders), /listening/);
      await next.remove(orders.id, never);
      await next.stop(orders.id, 0, never);
    });

    test('a program that needs more memory than it may have', async t => {
      const { runtime, workload, until, place } = await setUp(t, make);
      if (place.limits !== true) return t.skip(place.limits);
      const body = `const kept = []; setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 1);`;
      const orders = await workload({
        artifact: await place.artifact(program(body)),
        resources: { cpu: '1', memory: '100Mi' },
      });
      await runtime.start(orders, never);
      const { failure } = await until(orders.id, isFailed);
      assert.equal(failure?.code, 'OutOfMemory');
      assert.match(failure!.message, /100Mi/);
    });
  });
};
