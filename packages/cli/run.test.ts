import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  line,
  type Recorded,
  type StandIn,
  serviceObject,
  startStandIn,
  stateEnd,
} from '../client/testing/stand-in-server.ts';
import { runCommand } from './testing/run-command.ts';

interface TestContext {
  after(end: () => unknown): void;
}

const services = '/apis/causeway.dev/v1/namespaces/default/services';

/** A command line against a server that answers as told; its own folder is empty. */
const begin = async (t: TestContext, answer: (request: Recorded, response: ServerResponse) => unknown) => {
  const home = await mkdtemp(join(tmpdir(), 'causeway command '));
  const server: StandIn = await startStandIn((request, response) => {
    const value = answer(request, response);
    if (value !== undefined) response.end(JSON.stringify(value));
  });
  t.after(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CAUSEWAY_SERVER: server.url,
    CAUSEWAY_TOKEN: 'secret',
    CAUSEWAY_HOME: home,
  };
  const platform = (argv: string, input = '') => runCommand(argv.split(' '), { env, input });
  return { home, server, platform };
};

const refusal = (response: ServerResponse, code: number, reason: string, message: string) => {
  response.writeHead(code);
  const causes = [
    { reason: 'Code', message: reason, field: 'code' },
    { reason: 'Next', message: 'Do better.', field: 'next' },
  ];
  return { kind: 'Status', status: 'Failure', message, reason, code, details: { causes } };
};

const table = {
  kind: 'Table',
  columnDefinitions: [
    { name: 'Name', priority: 0 },
    { name: 'Phase', priority: 0 },
    { name: 'Commit', priority: 1 },
  ],
  rows: [
    {
      cells: ['orders', 'Running', '0123456789abcdef'],
      object: { metadata: { name: 'orders', namespace: 'default' } },
    },
  ],
};

test('get prints the server’s table; wide adds its columns; json only the objects', async t => {
  const { platform, server } = await begin(t, request =>
    request.headers.accept?.includes('as=Table')
      ? table
      : { kind: 'ServiceList', items: [serviceObject('orders', '1')] },
  );
  assert.deepEqual(await platform('get svc'), {
    code: 0,
    stdout: 'NAME     PHASE\norders   Running\n',
    stderr: '',
  });
  assert.match((await platform('get svc -o wide')).stdout, /COMMIT\norders {3}Running {3}0123456789abcdef\n/);
  assert.match((await platform('get svc -A')).stdout, /^TEAM {6}NAME {5}PHASE\ndefault {3}orders/);
  const { stdout, stderr } = await platform('get svc -n shop -l tier=gold -o json');
  assert.equal(JSON.parse(stdout).items[0].metadata.name, 'orders');
  assert.equal(stderr, '');
  assert.equal(
    server.requests.at(-1)?.url.href,
    `http://stand-in/apis/causeway.dev/v1/namespaces/shop/services?labelSelector=tier%3Dgold`,
  );
  assert.equal(server.requests.at(-1)?.headers.authorization, 'Bearer secret');
});

test('several objects of several kinds share a table a kind', async t => {
  const { platform } = await begin(t, () => table);
  assert.equal((await platform('get svc/orders svc/cart team/shop')).stdout.match(/^NAME/gm)?.length, 2);
});

for (const [status, reason, exit] of [
  [404, 'NotFound', 4],
  [403, 'Forbidden', 5],
  [401, 'Unauthenticated', 5],
  [409, 'Conflict', 6],
  [422, 'Invalid', 2],
  [503, 'Unavailable', 3],
  [500, 'Internal', 1],
] as const)
  test(`${reason} exits with ${exit}, with what and next on stderr`, async t => {
    const { platform } = await begin(t, (_request, response) => refusal(response, status, reason, 'no luck'));
    assert.deepEqual(await platform('get service orders'), {
      code: exit,
      stdout: '',
      stderr: '✘ no luck\nnext: Do better.\n',
    });
    const machine = await platform('get service orders -o json');
    assert.equal(machine.stdout, '');
    assert.equal(JSON.parse(machine.stderr).error.code, reason);
  });

test('wrong usage exits with 2 and names what was probably meant', async () => {
  for (const [argv, said] of [
    ['gett', /unknown command 'gett'\n.*Did you mean get\?/],
    ['get servces', /no kind 'servces'.\n.*did you mean services\?/],
    ['get -o jsonn', /Allowed choices are json, yaml, wide/],
    ['up --port 99999', /must be a port between 1 and 65524/],
    ['create service', /needs a name/],
    ['create service a --name b', /Two names were given/],
    ['logs team/shop', /A team has no log/],
    ['set orders LEVEL', /is not VAR=value/],
    ['deploy orders --timeout soon', /is no duration/],
    ['delete service', /Nothing is named/],
    ['apply', /required option '-f, --file <file>' not specified/],
  ] as const) {
    const env = { CAUSEWAY_SERVER: 'http://127.0.0.1:9' };
    const { code, stdout, stderr } = await runCommand(argv.split(' '), { env });
    assert.equal(code, 2, `${argv}: ${stderr}`);
    assert.match(stderr, said);
    assert.equal(stdout, '');
    const machine = await runCommand([...argv.split(' '), ...(argv.includes('-o') ? [] : ['-o', 'json'])], {
      env,
    });
    if (!argv.includes('-o')) assert.equal(typeof JSON.parse(machine.stderr).error.message, 'string', argv);
  }
});

test('names are checked before anything is sent', async t => {
  const { platform, server } = await begin(t, () => ({}));
  for (const argv of [
    'create service Payments',
    'create team a/b',
    'get service ../x',
    'delete service -y __proto__',
    'deploy a;b',
  ])
    assert.equal((await platform(argv)).code, 2, argv);
  assert.deepEqual(server.requests, []);
});

test('without a platform it says how to get one, and exits with 3', async t => {
  const home = await mkdtemp(join(tmpdir(), 'causeway command '));
  t.after(() => rm(home, { recursive: true }));
  const { code, stderr } = await runCommand(['get', 'services', '--data', home]);
  assert.equal(code, 3);
  assert.match(stderr, /next: Start one with `platform up`/);
  assert.equal((await runCommand(['status', '--data', home])).code, 3);
});

/** A server on which a service is created and then becomes what is said, its build, too. */
const creating =
  (status: Record<string, unknown>, build: Record<string, unknown> = {}) =>
  (request: Recorded, response: ServerResponse) => {
    if (request.method === 'POST') return serviceObject('payments-api', '1');
    if (!request.url.searchParams.has('watch')) return serviceObject('payments-api', '1');
    if (request.url.pathname.endsWith('/services'))
      response.write(line({ type: 'ADDED', object: { ...serviceObject('payments-api', '2'), status } }));
    if (request.url.pathname.endsWith('/builds'))
      response.write(
        line({
          type: 'ADDED',
          object: { ...serviceObject('payments-api.1', '2'), spec: { sequence: 1 }, status: build },
        }),
      );
    response.write(line(stateEnd('2')));
    return undefined;
  };

test('create service prints the line that scripts look for, then URL, clone URL and what comes next', async t => {
  const status = {
    phase: 'Running',
    url: 'http://payments-api.localhost:7080',
    cloneUrl: 'http://h/git/default/payments-api.git',
  };
  const { platform, server } = await begin(t, creating(status));
  const { code, stdout, stderr } = await platform(
    'create service --name payments-api --template http-service -d Pays',
  );
  assert.equal(code, 0, stderr);
  const lines = stdout.split('\n');
  assert.equal(lines[0], "✔ Service 'payments-api' created successfully");
  assert.deepEqual(lines.slice(1, 4), [
    '  URL    http://payments-api.localhost:7080',
    '  Clone  http://h/git/default/payments-api.git',
    '',
  ]);
  assert.match(lines[5] ?? '', /^ {2}git clone .*http:\/\/h\/git\/default\/payments-api.git$/);
  const sent = JSON.parse(server.requests[0]?.body ?? '');
  assert.equal(server.requests[0]?.url.pathname, services);
  assert.deepEqual(sent.spec, { template: 'http-service', description: 'Pays' });
  const decided = Date.parse(sent.metadata.annotations['causeway.dev/decided-at']);
  assert.ok(Math.abs(decided - performance.timeOrigin) < 1000);
  const machine = await platform('create service payments-api -o json');
  assert.equal(JSON.parse(machine.stdout).metadata.name, 'payments-api');
  assert.equal(machine.stderr, '');
});

test('a creation whose first release fails names the step and says that it can be resumed or removed', async t => {
  const failure = {
    code: 'TestsFailed',
    message: 'The tests failed.',
    evidence: ['1 failing'],
    next: 'Correct them and push again.',
  };
  const build = { phase: 'Failed', steps: [{ name: 'test', state: 'Failed', startedAt: '' }], failure };
  const { platform } = await begin(t, creating({ phase: 'Failed', cloneUrl: 'c', failure }, build));
  const { code, stdout, stderr } = await platform('create service payments-api -q');
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^✘ Service 'payments-api' is not running: step 'test' failed\. The tests failed\.\n {2}\| 1 failing\nnext: Correct them/,
  );
  assert.match(
    stderr,
    /resumes by itself after a corrected push; `platform delete service payments-api` removes it/,
  );
});

test('--no-wait and --dry-run return at once', async t => {
  const { platform, server } = await begin(t, () => serviceObject('payments-api', '1'));
  assert.match((await platform('create service payments-api --no-wait')).stdout, /is being created/);
  assert.match(
    (await platform('create service payments-api --dry-run')).stdout,
    /would be created \(dry run\)/,
  );
  assert.deepEqual(
    server.requests.map(request => request.url.search),
    ['', '?dryRun=All'],
  );
});

test('an option’s value is its value, whatever it looks like; global options stand anywhere', async t => {
  const { platform, server } = await begin(t, () => serviceObject('orders', '1'));
  for (const value of ['--version', '-nobody', '-q', '--team', '--help', '-o']) {
    const { code, stderr } = await platform(`create service orders --dry-run -d ${value} -n shop`);
    assert.equal(code, 0, stderr);
    const { url, body } = server.requests.at(-1) as Recorded;
    assert.equal(JSON.parse(body).spec.description, value);
    assert.match(url.pathname, /namespaces\/shop/);
  }
  for (const line of [
    '--team shop create service x',
    'create -n shop service x',
    'create service x -nshop',
  ]) {
    const { stdout } = await platform(`${line} --dry-run -o json`);
    assert.equal(JSON.parse(stdout).kind, 'Service');
    assert.match(server.requests.at(-1)?.url.pathname ?? '', /namespaces\/shop/, line);
  }
});

test('apply creates what is missing, changes what differs, and leaves the rest', async t => {
  const manifest =
    'apiVersion: causeway.dev/v1\nkind: Service\nmetadata: {name: orders}\nspec: {replicas: 2}\n';
  let live: Record<string, unknown> | undefined;
  const { platform, server } = await begin(t, (request, response) => {
    if (request.method === 'GET') return live ?? refusal(response, 404, 'NotFound', 'none');
    const { metadata, spec } = JSON.parse(request.body);
    const before = live ?? serviceObject('orders', '1');
    const resourceVersion = String(server.requests.length);
    live = {
      ...before,
      metadata: { ...(before.metadata as object), ...metadata, resourceVersion, namespace: 'default' },
      spec: { ...(before.spec as object), ...spec },
    };
    return live;
  });
  assert.equal((await platform('apply -f -', manifest)).stdout, 'service/orders created\n');
  assert.equal((await platform('apply -f -', manifest)).stdout, 'service/orders unchanged\n');
  assert.equal(
    (await platform('apply -f -', manifest.replace('2', '3'))).stdout,
    'service/orders configured\n',
  );
  const patch = server.requests.at(-1);
  assert.equal(patch?.method, 'PATCH');
  assert.deepEqual(JSON.parse(patch?.body ?? '').spec, { replicas: 3 });
  assert.equal(
    (await platform('apply -f - --dry-run', manifest)).stdout,
    'service/orders configured (dry run)\n',
  );
});

test('[API2] apply sends an object to the group it is written in, for the team that owns it', async t => {
  const manifest =
    'apiVersion: platform.kubedojo.io/v1\nkind: EnvironmentRequest\nmetadata: {name: staging}\nspec: {owner: payments}\n';
  const { platform, server } = await begin(t, (request, response) => {
    if (request.url.pathname === '/apis')
      return { kind: 'APIGroupList', groups: [{ name: 'causeway.dev' }, { name: 'platform.kubedojo.io' }] };
    if (request.method === 'GET') return refusal(response, 404, 'NotFound', 'none');
    return JSON.parse(request.body);
  });
  const requests = '/apis/platform.kubedojo.io/v1/namespaces/payments/environmentrequests';
  assert.equal((await platform('apply -f -', manifest)).stdout, 'environmentrequest/staging created\n');
  assert.deepEqual(
    server.requests.map(({ method, url }) => `${method} ${url.pathname}`),
    ['GET /apis', `GET ${requests}/staging`, `POST ${requests}`],
  );
  const sent = JSON.parse(server.requests.at(-1)?.body ?? '');
  assert.deepEqual([sent.apiVersion, sent.metadata.namespace], ['platform.kubedojo.io/v1', 'payments']);
  await platform('apply -n shop -f -', manifest);
  assert.match(
    server.requests.at(-1)?.url.pathname ?? '',
    /namespaces\/shop/,
    'the server says what it thinks of it',
  );
  const other = await platform('apply -f -', manifest.replace('kubedojo', 'kubedoja'));
  assert.equal(other.code, 2);
  assert.match(other.stderr, /standard input: this platform has no API group platform\.kubedoja\.io/);
  assert.match(other.stderr, /did you mean platform\.kubedojo\.io\?/);
  assert.match(other.stderr, /apiGroups/);
});

test('logs come through as they are; an unfinished follow ends with Ctrl-C and exit code 0', async t => {
  const { server, platform } = await begin(t, (request, response) => {
    response.write('web.0 | hello\nweb.0 | world\n');
    if (!request.url.searchParams.has('follow')) response.end();
  });
  assert.equal(
    (await platform('logs orders --tail 2 --process web')).stdout,
    'web.0 | hello\nweb.0 | world\n',
  );
  assert.equal(server.requests[0]?.url.href, `http://stand-in${services}/orders/log?tail=2&process=web`);
  await platform('logs build/orders.7');
  assert.equal(
    server.requests[1]?.url.pathname,
    '/apis/causeway.dev/v1/namespaces/default/builds/orders.7/log',
  );
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 100);
  const env = { CAUSEWAY_SERVER: server.url };
  const { code, stdout } = await runCommand(['logs', '-f', 'orders'], { env, signal: stopping.signal });
  assert.deepEqual([code, stdout], [0, 'web.0 | hello\nweb.0 | world\n']);
});

test('login keeps the token closed to others, and never shows it', async t => {
  const { home, server } = await begin(t, () => ({ status: { userInfo: { username: 'eve' } } }));
  const env = { PATH: process.env.PATH, HOME: home, CAUSEWAY_HOME: home };
  const login = (input: string) =>
    runCommand(['login', '--server', server.url, '--token-stdin', '-n', 'shop'], { env, input });
  const { code, stdout, stderr } = await login('cw_secret\n');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `✔ Signed in to ${server.url} as eve, team shop\n`);
  assert.ok(!`${stdout}${stderr}`.includes('cw_secret'));
  const path = join(home, 'credentials', 'user.json');
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
    server: server.url,
    token: 'cw_secret',
    user: 'eve',
    team: 'shop',
  });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await login('')).code, 2);
  assert.equal((await login('two\nlines')).code, 2);
  const kubeconfig = await runCommand(['kubeconfig', '-o', 'json'], { env });
  const { clusters, users, contexts } = JSON.parse(kubeconfig.stdout);
  assert.equal(clusters[0].cluster.server, server.url.replace('http:', 'https:'));
  assert.deepEqual([users[0].user.token, contexts[0].context.namespace], ['cw_secret', 'shop']);
});

test('delete tells what the end waits for, not what the object said before anyone wanted it gone', async t => {
  const ready = (message: string) => ({
    conditions: [{ type: 'Ready', status: 'False', reason: 'X', message, lastTransitionTime: '' }],
  });
  for (const [deletedAt, told] of [
    [new Date(), false],
    [new Date(Date.now() - 60_000), true],
  ] as const) {
    const plain = serviceObject('orders', '5');
    const metadata = { ...(plain.metadata as object), deletionTimestamp: deletedAt.toISOString() };
    const object = { ...plain, metadata, status: ready('Nothing has been pushed yet.') };
    const { platform } = await begin(t, ({ method }, response) => {
      if (method === 'DELETE') return object;
      for (const event of [{ type: 'ADDED', object }, stateEnd('5'), { type: 'DELETED', object }])
        response.write(line(event));
      return undefined;
    });
    const { code, stderr } = await platform('delete service orders -y');
    assert.equal(code, 0, stderr);
    assert.equal(/Waiting: Nothing has been pushed/.test(stderr), told);
  }
});

test('without --team login asks the server which one is meant; logout forgets all of it, in git, too', async t => {
  const { home, server } = await begin(t, ({ url }) =>
    url.pathname.startsWith('/api/self')
      ? { user: 'eve', team: 'acme' }
      : { status: { userInfo: { username: 'eve' } } },
  );
  const env = { PATH: process.env.PATH, HOME: home, CAUSEWAY_HOME: home };
  const platform = (argv: string) => runCommand(argv.split(' '), { env, input: 'cw_secret\n' });
  const signedIn = await platform(`login --server ${server.url} --token-stdin`);
  assert.equal(signedIn.stdout, `✔ Signed in to ${server.url} as eve, team acme\n`, signedIn.stderr);
  assert.match(await readFile(join(home, '.gitconfig'), 'utf8'), /git-credential/);
  assert.equal((await platform('logout')).stdout, `✔ Signed out of ${server.url} as eve\n`);
  await assert.rejects(readFile(join(home, 'credentials', 'user.json')));
  assert.doesNotMatch(await readFile(join(home, '.gitconfig'), 'utf8'), /git-credential/);
  assert.equal((await platform('logout')).code, 0);
});

test('down --purge deletes only the folder of a platform, and asks first', async t => {
  const home = await mkdtemp(join(tmpdir(), 'causeway command '));
  t.after(() => rm(home, { recursive: true, force: true }));
  const { code, stderr } = await runCommand(['down', '--purge', '--yes', '--data', home]);
  assert.equal(code, 1);
  assert.match(stderr, /is not the folder of a platform: nothing was deleted/);
  await stat(home);
});

test('the version needs no server', async () => {
  const { code, stdout } = await runCommand(['version'], { env: { CAUSEWAY_SERVER: 'http://127.0.0.1:9' } });
  assert.equal(code, 0);
  assert.match(stdout, /^platform \d+\.\d+\.\d+ \(Node\.js /);
});
