import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { line, type Recorded, startStandIn, stateEnd } from '../client/testing/stand-in-server.ts';
import { runCommand } from './testing/run-command.ts';

interface TestContext {
  after(end: () => unknown): void;
}

type Answers = Readonly<Record<string, (request: Recorded, response: ServerResponse) => unknown>>;

/** Command lines against a server that answers as told, by method and path; `WATCH` for watches. */
const begin = async (t: TestContext, answers: Answers) => {
  const home = await mkdtemp(join(tmpdir(), 'causeway env '));
  const server = await startStandIn((request, response) => {
    const method = request.url.searchParams.get('watch') ? 'WATCH' : request.method;
    const answer = answers[`${method} ${request.url.pathname}`];
    if (answer) {
      const value = answer(request, response);
      if (value !== undefined) response.end(JSON.stringify(value));
      return;
    }
    response.writeHead(404);
    response.end(
      JSON.stringify({
        kind: 'Status',
        status: 'Failure',
        reason: 'NotFound',
        message: 'nothing is here',
        details: { causes: [{ reason: 'Code', message: 'NotFound', field: 'code' }] },
      }),
    );
  });
  t.after(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CAUSEWAY_HOME: home,
    CAUSEWAY_SERVER: server.url,
    CAUSEWAY_TOKEN: 'x',
  };
  const platform = (argv: string, input = '') =>
    runCommand([...argv.split(' '), '-n', 'shop'], { env, input });
  const written = () =>
    server.requests
      .filter(({ method, url }) => method !== 'GET' && !url.searchParams.get('watch'))
      .map(({ method, url, body }) => [
        `${method} ${url.pathname}`,
        body === '' ? undefined : JSON.parse(body),
      ]);
  return { home, platform, server, written };
};

const requests = '/apis/causeway.dev/v1/namespaces/shop/environmentrequests';
const environments = '/apis/causeway.dev/v1/namespaces/shop/environments';

const ready = (status: 'True' | 'False', message: string) => [
  {
    type: 'Ready',
    status,
    reason: 'R',
    message,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  },
];

const object = (status: object = {}, more: object = {}) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'EnvironmentRequest',
  metadata: {
    name: 'staging',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '5',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...more,
  },
  spec: { services: [{ name: 'api' }] },
  status,
});

const step = (name: string, message: string) => ({
  name: 'api',
  step: name,
  since: '2026-01-01T00:00:00Z',
  message,
});

/** What a watch tells, one after the other, and then stays open. */
const telling =
  (...objects: readonly { metadata: object }[]) =>
  (_: Recorded, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const [index, one] of objects.entries())
      response.write(
        line({
          type: index === 0 ? 'ADDED' : 'MODIFIED',
          object: { ...one, metadata: { ...one.metadata, resourceVersion: String(10 + index) } },
        }),
      );
    response.write(line(stateEnd('100')));
  };

const readyAt = {
  phase: 'Ready',
  urls: { api: 'http://api.staging.shop.localhost:7080' },
  expiresAt: '2099-01-01T00:00:00Z',
  readyAfterMs: 4200,
  progress: [step('Serving', 'api.1 serves.')],
  conditions: ready('True', 'api serves.'),
};

test('[ENV21] a request is followed step by step until it is ready, and ends with where and how long', async t => {
  const { platform, written } = await begin(t, {
    [`POST ${requests}`]: ({ body }) => object({}, JSON.parse(body).metadata),
    [`WATCH ${requests}`]: telling(
      object(),
      object({
        phase: 'Provisioning',
        progress: [step('Building', 'Builds 0123.')],
        conditions: ready('False', 'x'),
      }),
      object(readyAt),
    ),
  });
  const { code, stdout, stderr } = await platform('env request staging --service api=2 --lifetime 14d');
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '… api  Building   Builds 0123.\n✔ api  Serving    api.1 serves.\n');
  assert.match(
    stdout,
    /^✔ Environment 'staging' is ready \(4\.2 s\)\n {2}api {6}http:\/\/api\.staging\.shop\.localhost:7080\n {2}Expires {2}in \d+ d \(2099-01-01 00:00 UTC\)\n$/,
  );
  assert.deepEqual(written(), [
    [
      `POST ${requests}`,
      {
        apiVersion: 'causeway.dev/v1',
        kind: 'EnvironmentRequest',
        metadata: { name: 'staging', namespace: 'shop' },
        spec: { owner: 'shop', lifetime: '14d', services: [{ name: 'api', replicas: 2 }] },
      },
    ],
  ]);
  const json = await platform('env request staging --wait --service api -o json');
  assert.equal(JSON.parse(json.stdout).status.readyAfterMs, 4200);
  assert.equal(json.stderr, '');
});

test('[ENV21] what fails is told with its last lines and what to do, and the exit code says so', async t => {
  const failure = {
    code: 'StartupFailed',
    message: 'it ended with 3',
    evidence: ['KeyError: X'],
    next: 'Set X.',
  };
  const { platform } = await begin(t, {
    [`POST ${requests}`]: () => object(),
    [`WATCH ${requests}`]: telling(
      object({
        phase: 'Degraded',
        progress: [{ ...step('Failed', 'it ended with 3'), failure }],
        conditions: ready('False', 'api: it ended with 3'),
      }),
    ),
  });
  assert.deepEqual(await platform('env request staging --service api'), {
    code: 1,
    stdout: '',
    stderr:
      "✘ api  Failed     it ended with 3\n✘ Environment 'staging' is not ready. api: it ended with 3\n  | api: KeyError: X\nnext: Set X. A new release starts by itself; the same one again: platform env retry staging\n",
  });
});

test('Ctrl-C stops the watching alone, and says so', async t => {
  const interrupt = new AbortController();
  const { home, server, written } = await begin(t, {
    [`POST ${requests}`]: () => object(),
    [`WATCH ${requests}`]: (request, response) => {
      telling(object({ progress: [step('Building', 'Builds 0123.')] }))(request, response);
      setTimeout(() => interrupt.abort(), 50);
    },
  });
  const env = { HOME: home, CAUSEWAY_HOME: home, CAUSEWAY_SERVER: server.url, CAUSEWAY_TOKEN: 'x' };
  const { code, stderr } = await runCommand(['env', 'request', 'staging', '--service', 'api', '-n', 'shop'], {
    env,
    signal: interrupt.signal,
  });
  assert.equal(code, 130);
  assert.match(stderr, /Stopped watching; it goes on by itself\. See: platform env describe staging\n$/);
  assert.equal(written().length, 1, 'nothing is taken back');
});

test('what does not become ready in time says what it waits for', async t => {
  const { platform } = await begin(t, {
    [`POST ${requests}`]: () => object(),
    [`WATCH ${requests}`]: telling(
      object({
        phase: 'Provisioning',
        progress: [step('Building', 'Builds 0123.')],
        conditions: ready('False', 'x'),
      }),
    ),
  });
  const late = await platform('env request staging --service api --timeout 1s');
  assert.equal(late.code, 7);
  assert.match(
    late.stderr,
    /not ready after 1 s\.\n {2}\| api: Building for \d+ d: Builds 0123\.\nnext: It goes on by itself/,
  );
});

test('a file is sent as it is, in its group and for its owner; nothing is sent with --print', async t => {
  const there = '/apis/platform.kubedojo.io/v1/namespaces/payments/environmentrequests';
  const { home, platform, server, written } = await begin(t, {
    'GET /apis': () => ({ groups: [{ name: 'causeway.dev' }, { name: 'platform.kubedojo.io' }] }),
    [`POST ${there}`]: ({ body }) => ({ ...object(), ...JSON.parse(body) }),
  });
  const file = join(home, 'staging.yaml');
  await writeFile(
    file,
    'apiVersion: platform.kubedojo.io/v1\nkind: EnvironmentRequest\nmetadata: { name: staging }\nspec: { owner: payments, services: [{ name: api }] }\n',
  );
  const env = { HOME: home, CAUSEWAY_HOME: home, CAUSEWAY_SERVER: server.url, CAUSEWAY_TOKEN: 'x' };
  const sent = await runCommand(['env', 'request', '-f', file, '--no-wait'], { env });
  assert.equal(
    sent.stdout,
    "Environment 'staging' is requested; see: platform env describe staging\n",
    sent.stderr,
  );
  assert.deepEqual(
    written().map(([where]) => where),
    [`POST ${there}`],
  );
  const printed = await platform('env request other --service api --lifetime 1d --print');
  assert.equal(
    printed.stdout,
    'apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: other\nspec:\n  owner: shop\n  lifetime: 1d\n  services:\n    - name: api\n',
  );
  assert.equal(written().length, 1);
  for (const spec of ['', 'spec: text\n', 'spec: [1]\n']) {
    const input = `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata: { name: x }\n${spec}`;
    const odd = await runCommand(['env', 'request', '-f', '-'], { env, input });
    assert.equal(odd.code, 2);
    assert.match(odd.stderr, /standard input: spec is missing, or is no object/);
  }
  const nothing = await runCommand(['env', 'request', '-f', '-'], {
    env,
    input: 'apiVersion: causeway.dev/v1\nkind: Team\nmetadata: { name: x }\n',
  });
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /- holds no EnvironmentRequest/);
});

test('whoever is asked gets a file, and sends it when they want', async t => {
  const { home, platform, written } = await begin(t, {
    'GET /apis/causeway.dev/v1/namespaces/shop/services': () => ({
      items: [{ metadata: { name: 'api' } }, { metadata: { name: 'worker' } }],
      metadata: { resourceVersion: '1' },
    }),
    [`POST ${requests}`]: () => object(),
  });
  const file = join(home, 'environments', 'staging.yaml').replaceAll(' ', '\u00a0');
  const kept = await platform(`env request --interactive -f ${file}`, 'staging\n\napi\n2\n\n\n\nn\n');
  assert.equal(kept.code, 0, kept.stderr);
  assert.equal(
    await readFile(file, 'utf8'),
    'apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: staging\nspec:\n  owner: shop\n  purpose: integration-test\n  lifetime: 7d\n  dataClassification: internal\n  services:\n    - name: api\n      replicas: 2\n',
  );
  assert.match(kept.stdout, /To send it yourself: platform env request -f/);
  assert.deepEqual(written(), []);
  const left = await platform(`env request --interactive -f ${file}`, 'staging\n\napi\n2\n\n\n\nn\n');
  assert.equal(left.code, 2);
  assert.match(left.stderr, /was left as it is/);
  const cut = await platform(`env request --interactive -f ${file}`, 'staging\n\n');
  assert.match(cut.stderr, /The answers ended before the questions/);
  const sent = await platform(
    `env request --interactive --no-wait -f ${file}`,
    'staging\n\napi\n2\n\n\n\ny\ny\n',
  );
  assert.match(sent.stdout, /is requested/, sent.stderr);
  assert.deepEqual(
    written().map(([where]) => where),
    [`POST ${requests}`],
  );
});

test('a life is prolonged, begun anew, sent to sleep; what is gone can be had again', async t => {
  const environment = { ...object(readyAt), kind: 'Environment' };
  let gone = false;
  const { platform, written } = await begin(t, {
    ...Object.fromEntries(
      ['extend', 'renew', 'sleep'].map(action => [
        `POST ${environments}/staging/${action}`,
        () => environment,
      ]),
    ),
    [`WATCH ${environments}`]: telling(environment),
    [`GET ${environments}`]: () => ({ items: [environment], metadata: { resourceVersion: '1' } }),
    [`GET ${requests}`]: () => ({ items: [], metadata: {} }),
    [`GET ${requests}/old`]: () => object({ phase: 'Gone', gone: { at: '', reason: 'Expired' } }),
    [`POST ${requests}/old/recreate`]: () => {
      gone = true;
      return object();
    },
  });
  assert.match(
    (await platform('env extend staging --by 7d')).stdout,
    /^✔ Environment 'staging' extended by 7d: it goes in \d+ d/,
  );
  assert.match((await platform('env renew staging')).stdout, /begins anew: it goes in/);
  assert.match((await platform('env sleep staging')).stdout, /sleeps: nothing runs in it/);
  assert.deepEqual(written()[0], [`POST ${environments}/staging/extend`, { by: '7d' }]);
  assert.equal((await platform('env extend staging --by never')).code, 2);
  const old = await platform('env extend old --by 7d');
  assert.equal(old.code, 4);
  assert.match(
    old.stderr,
    /'old' is gone: its time was over\.\nnext: To have it again: platform env recreate old/,
  );
  const unknown = await platform('env sleep nope');
  assert.match(unknown.stderr, /no environment 'nope' in team shop\.\n {2}\| there are: staging/);
  assert.match((await platform('env recreate old --no-wait')).stdout, /is requested again/);
  assert.ok(gone);
});

test('what is deleted is named; what a file keeps up ends, and the file is named', async t => {
  const annotations = { 'causeway.dev/source': 'api', 'causeway.dev/source-path': 'platform/staging.yaml' };
  const gone = () => ({ kind: 'Status', status: 'Success' });
  const { platform, written } = await begin(t, {
    [`GET ${requests}/plain`]: () => object(readyAt),
    [`DELETE ${requests}/plain`]: gone,
    [`GET ${requests}/staging`]: () => object(readyAt, { annotations }),
    [`GET ${environments}/staging`]: () => ({ ...object(readyAt), kind: 'Environment' }),
    [`DELETE ${environments}/staging`]: gone,
    [`GET ${requests}/ended`]: () => object({ phase: 'Gone' }, { annotations }),
    [`GET ${environments}/production`]: () => ({ ...object({ phase: 'Standing' }), kind: 'Environment' }),
    [`DELETE ${environments}/production`]: gone,
  });
  assert.equal(
    (await platform('env delete plain')).stdout,
    "✔ Environment 'plain' deleted, with what runs in it: api\n",
  );
  const { stdout, stderr } = await platform('env delete staging');
  assert.equal(stdout, "✔ Environment 'staging' deleted, with what runs in it: api\n");
  assert.match(stderr, /^! It comes from the file platform\/staging\.yaml of api: remove that as well/);
  assert.deepEqual(
    written().map(([where]) => where),
    [`DELETE ${requests}/plain`, `DELETE ${environments}/staging`],
  );
  assert.equal(
    (await platform('env delete production')).stdout,
    "✔ The settings of 'production' are reset; what serves in it goes on\n",
  );
  const ended = await platform('env delete ended');
  assert.equal(ended.code, 6);
  assert.match(ended.stderr, /'ended' is gone; its file platform\/staging\.yaml of api is still there/);
});

test('an address is opened by its service, or by being the only one', async t => {
  const two = { ...readyAt, urls: { api: 'http://api', worker: 'http://worker' } };
  const { platform } = await begin(t, {
    [`GET ${requests}/one`]: () => object(readyAt),
    [`GET ${requests}/two`]: () => object(two),
    [`GET ${requests}/none`]: () => object({ phase: 'Provisioning' }),
  });
  assert.equal((await platform('env open one')).stdout, 'http://api.staging.shop.localhost:7080\n');
  assert.equal((await platform('env open two worker')).stdout, 'http://worker\n');
  assert.match((await platform('env open two')).stderr, /has 2 addresses: say of which service/);
  assert.match((await platform('env open two wrker')).stderr, /Did you mean worker\?/);
  assert.match((await platform('env open none')).stderr, /has an address yet: it is Provisioning/);
});

/** What the server answers about an object that is not there. */
const notThere =
  (kind: string, name: string) =>
  (_: Recorded, response: ServerResponse): undefined => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        kind: 'Status',
        status: 'Failure',
        reason: 'NotFound',
        message: `${kind}.causeway.dev "${name}" not found`,
        details: { kind, name, causes: [{ reason: 'Code', message: 'NotFound', field: 'code' }] },
      }),
    );
    return undefined;
  };

test('a name that is not there is told with the nearest that is', async t => {
  const services = '/apis/causeway.dev/v1/namespaces/shop/services';
  const { platform } = await begin(t, {
    [`POST ${services}/paymens-api/promote`]: notThere('services', 'paymens-api'),
    [`POST ${services}/zebra/promote`]: notThere('services', 'zebra'),
    [`GET ${services}`]: () => ({ items: [object({}, { name: 'payments-api' })], metadata: {} }),
    [`GET ${environments}`]: () => ({ items: [object({}, { name: 'staging' })], metadata: {} }),
    [`GET ${requests}`]: () => ({ items: [object({}, { name: 'ended' })], metadata: {} }),
  });
  const near = await platform('promote paymens-api --to production');
  assert.equal(near.code, 4);
  assert.match(near.stderr, /"paymens-api" not found\n {2}\| did you mean payments-api\?\n/);
  assert.doesNotMatch((await platform('promote zebra --to production')).stderr, /did you mean/);
  assert.match(
    (await platform('env describe stagin')).stderr,
    /did you mean staging\?\n.*there are: ended, staging/,
  );
});

test('a team that is not there is told, before it is said to have nothing', async t => {
  const teams = '/apis/causeway.dev/v1/teams';
  let there = true;
  const { platform } = await begin(t, {
    [`GET ${environments}`]: () => ({ items: [], metadata: {} }),
    [`GET ${requests}`]: () => ({ items: [], metadata: {} }),
    [`GET ${teams}/shop`]: (...given) =>
      there ? object({}, { name: 'shop' }) : notThere('teams', 'shop')(...given),
    [`GET ${teams}`]: () => ({ items: [object({}, { name: 'shops' })], metadata: {} }),
  });
  const empty = await platform('env list');
  assert.deepEqual([empty.code, empty.stdout], [0, '']);
  assert.match(empty.stderr, /platform env request NAME --service SERVICE --team shop\n/);
  there = false;
  const unknown = await platform('env list');
  assert.equal(unknown.code, 4);
  assert.match(unknown.stderr, /"shop" not found\n {2}\| did you mean shops\?\n/);
});
