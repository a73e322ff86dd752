import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Recorded, startStandIn } from '../client/testing/stand-in-server.ts';
import { runCommand } from './testing/run-command.ts';

interface TestContext {
  after(end: () => unknown): void;
}

/** Command lines against a server that answers as told, by method and path. */
const begin = async (
  t: TestContext,
  answers: Readonly<Record<string, (request: Recorded, response: ServerResponse) => unknown>>,
) => {
  const home = await mkdtemp(join(tmpdir(), 'causeway policies '));
  const server = await startStandIn((request, response) => {
    const answer = answers[`${request.method} ${request.url.pathname}`];
    if (answer) {
      const value = answer(request, response);
      if (value !== undefined) response.end(JSON.stringify(value));
      return;
    }
    response.writeHead(404);
    response.end(
      JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'nothing is here' }),
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
  const withInput =
    (input: string) =>
    (...argv: string[]) =>
      runCommand(argv, { env, input });
  return { server, platform: Object.assign(withInput(''), { with: withInput }) };
};

const policies = '/apis/causeway.dev/v1/policies';
const exceptions = '/apis/causeway.dev/v1/namespaces/shop/exceptions';

const policy = (action: string, status = {}) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Policy',
  metadata: { name: 'no-root', uid: '1', resourceVersion: '7', generation: 1, creationTimestamp: '' },
  spec: {
    title: 'No root',
    why: 'x',
    instead: 'y',
    owner: 'security',
    severity: 'high',
    engine: 'rego',
    match: { kinds: ['Deployment'], operations: ['CREATE'] },
    exceptions: { allowed: true, longest: '90d' },
    action,
  },
  status,
});

const bodyOf = ({ body }: Recorded): unknown => JSON.parse(body);

test('policies are listed with what they would refuse', async t => {
  const { platform } = await begin(t, {
    [`GET ${policies}`]: () => ({
      kind: 'PolicyList',
      metadata: { resourceVersion: '1' },
      items: [
        policy('warn', {
          judged: { objects: 12, failing: 3, excepted: 1, teams: [], at: '' },
          conditions: [{ type: 'Ready', status: 'True', reason: 'Loaded', message: '' }],
        }),
        policy('draft', { conditions: [{ type: 'Ready', status: 'False', reason: 'Broken', message: '' }] }),
      ],
    }),
  });
  assert.deepEqual(await platform('policy', 'list'), {
    code: 0,
    stdout:
      'NAME      ACTION   SEVERITY   OWNER      OBJECTS   FAILING   EXCEPTED   READY    TITLE\n' +
      'no-root   warn     high       security   12        3         1          yes      No root\n' +
      'no-root   draft    high       security   -         -         -          Broken   No root\n',
    stderr: '',
  });
});

test('from draft to deny it says what would be refused, and does nothing that nobody agreed to', async t => {
  const { platform, server } = await begin(t, {
    [`GET ${policies}/no-root`]: () => policy('draft'),
    'POST /api/policy/replay': () => ({
      policy: 'no-root',
      judged: 40,
      same: 37,
      newlyRefused: [
        { team: 'shop', inputs: 3, example: { at: '', object: 'Deployment/web', messages: [] } },
      ],
      noLongerRefused: [],
      redacted: 0,
    }),
    [`PATCH ${policies}/no-root`]: () => policy('deny'),
  });
  const refused = await platform('policy', 'set', 'no-root', '--action', 'deny');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Of 40 changes in the last 30d it would have refused shop 3\./);
  assert.match(refused.stderr, /from draft to deny nobody is warned\.\nnext: .*--yes/);
  assert.ok(!server.requests.some(({ method }) => method === 'PATCH'));
  const agreed = await platform('policy', 'set', 'no-root', '--action', 'deny', '--yes');
  assert.equal(agreed.code, 0);
  assert.match(agreed.stderr, /it would have refused shop 3/);
  assert.equal(agreed.stdout, '✔ no-root: draft → deny\n');
  assert.deepEqual(bodyOf(server.requests.at(-1) as Recorded), {
    metadata: { resourceVersion: '7' },
    spec: { action: 'deny' },
  });
});

test('a policy that people were told of is turned on at once', async t => {
  const { platform, server } = await begin(t, {
    [`GET ${policies}/no-root`]: () => policy('warn'),
    [`PATCH ${policies}/no-root`]: () => policy('deny'),
  });
  const { stdout, code } = await platform('policy', 'set', 'no-root', '--action', 'deny');
  assert.equal(`${code} ${stdout}`, '0 ✔ no-root: warn → deny\n');
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['GET', 'PATCH'],
  );
  assert.equal(
    (await platform('policy', 'set', 'no-root', '--action', 'warn')).stderr,
    'no-root is on warn already.\n',
  );
  assert.equal((await platform('policy', 'set', 'no-root', '--action', 'forbid')).code, 2);
});

test('an exception is asked for, and says who must approve it', async t => {
  const { platform, server } = await begin(t, {
    [`POST ${exceptions}`]: request => ({ ...(bodyOf(request) as object), kind: 'Exception' }),
    [`GET ${exceptions}/no-root.service-legacy`]: () => ({
      kind: 'Exception',
      metadata: { name: 'no-root.service-legacy', namespace: 'shop' },
      status: { conditions: [{ type: 'Approved', message: 'Waits for an owner of security to decide.' }] },
    }),
  });
  const argv = [
    'exception',
    'request',
    'no-root',
    'svc/Legacy_*',
    '-n',
    'shop',
    '--reason',
    'It cannot start otherwise.',
  ];
  const { code, stdout, stderr } = await platform(
    ...argv,
    '--expires',
    '30d',
    '--ticket',
    'T-1',
    '--control',
    'a proxy',
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^✔ Exception 'no-root\.service-legacy' requested until \d{4}-.*Z\nWaits for an owner of security to decide\. It counts once they approve it:\n {2}platform exception approve shop\/no-root\.service-legacy\n$/,
  );
  const sent = bodyOf(server.requests[0] as Recorded) as { spec: { expiresAt: string } };
  const { expiresAt, ...rest } = sent.spec;
  assert.deepEqual(rest, {
    policy: 'no-root',
    target: { kind: 'Service', name: 'Legacy_*' },
    reason: 'It cannot start otherwise.',
    ticket: 'T-1',
    compensatingControl: 'a proxy',
  });
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  assert.ok(days > 29.9 && days <= 30, expiresAt);
  for (const [expires, word] of [
    ['soon', 'svc/a'],
    ['2020-01-01', 'svc/a'],
    ['30d', 'a'],
    ['30d', 'svc/a/b'],
  ] as const) {
    const wrong = await platform(
      'exception',
      'request',
      'no-root',
      word,
      '--reason',
      'because',
      '--expires',
      expires,
    );
    assert.equal(wrong.code, 2, `${expires} ${word}`);
  }
});

test('whoever answers for a policy approves and refuses, also for other teams', async t => {
  const decided = {
    metadata: { name: 'legacy', namespace: 'shop' },
    spec: { policy: 'no-root', target: { kind: 'Service', name: 'old' }, expiresAt: '2027-01-01T00:00:00Z' },
  };
  const { platform, server } = await begin(t, {
    'POST /api/policy/exceptions/shop/legacy/decision': () => decided,
    'GET /api/policy/exceptions': () => ({
      items: [
        {
          ...decided,
          spec: { ...decided.spec, reason: 'It is old.', requestedBy: 'ada' },
          status: { phase: 'Pending' },
        },
      ],
    }),
  });
  assert.deepEqual(await platform('exception', 'approve', 'shop/legacy', '--comment', 'until spring'), {
    code: 0,
    stdout: '✔ shop/legacy approved: no-root does not hold for Service/old until 2027-01-01T00:00:00Z\n',
    stderr: '',
  });
  assert.deepEqual(bodyOf(server.requests[0] as Recorded), { approved: true, comment: 'until spring' });
  const refused = await platform('exception', 'refuse', 'legacy', '-n', 'shop');
  assert.equal(refused.stdout, '✔ shop/legacy refused: no-root holds for Service/old\n');
  assert.deepEqual(bodyOf(server.requests[1] as Recorded), { approved: false });
  assert.equal((await platform('exception', 'approve', 'shop/../x')).code, 2);
  assert.equal(
    (await platform('exception', 'list', '--mine')).stdout,
    'TEAM   NAME     POLICY    FOR           PHASE     EXPIRES                REQUESTED BY   REASON\n' +
      'shop   legacy   no-root   Service/old   Pending   2027-01-01T00:00:00Z   ada            It is old.\n',
  );
});

test('decisions are printed with who was refused what, and by which policy', async t => {
  const { platform, server } = await begin(t, {
    'GET /api/policy/decisions': () => ({
      decisions: [
        {
          at: '2026-01-01T00:00:00Z',
          place: 'admission',
          team: 'shop',
          kind: 'Deployment',
          name: 'web',
          actor: 'ada',
          allowed: false,
          results: [
            { policy: 'labels', result: 'pass', findings: [] },
            { policy: 'no-root', result: 'fail', findings: [{ message: 'it may run as root' }] },
            { policy: 'old', result: 'skip', findings: [{ message: 'x', exception: 'shop/old' }] },
          ],
        },
      ],
    }),
  });
  assert.equal(
    (await platform('decisions', '--denied', '-n', 'shop')).stdout,
    'AT                     WHERE       TEAM   OBJECT           WHO   DECISION   POLICIES\n' +
      '2026-01-01T00:00:00Z   admission   shop   Deployment/web   ada   refused    no-root: fail; old: excepted by shop/old\n',
  );
  assert.equal(server.requests[0]?.url.search, '?team=shop&denied=true&limit=100');
  assert.match(
    (await platform('decisions', '--policy', 'no-root')).stdout,
    /refused {4}fail: it may run as root\n$/,
  );
  assert.equal((await platform('decisions', '--limit', 'all')).code, 2);
});

test('a replay says which teams would newly be refused', async t => {
  const { platform, server } = await begin(t, {
    'POST /api/policy/replay': () => ({
      policy: 'no-root',
      since: '2026-01-01T00:00:00.000Z',
      judged: 2,
      same: 1,
      newlyRefused: [{ team: 'shop', inputs: 1, example: { at: '', object: 'Pod/a', messages: ['m'] } }],
      noLongerRefused: [],
      redacted: 0,
    }),
  });
  const { stdout, code } = await platform('policy', 'replay', 'no-root', '--since', '2026-01-01');
  assert.equal(code, 0);
  assert.match(stdout, /newly refused {3}shop {3}1 {8}Pod\/a {4}m\n/);
  assert.deepEqual(bodyOf(server.requests[0] as Recorded), {
    policy: 'no-root',
    since: '2026-01-01T00:00:00.000Z',
  });
  assert.equal((await platform('policy', 'replay', 'no-root', '-f', '/nowhere/policy.yaml')).code, 2);
});

test('evidence is handed in, and what policies say of it is printed', async t => {
  const all = '/apis/causeway.dev/v1/namespaces/shop/evidence';
  const { platform, server } = await begin(t, {
    [`POST ${all}`]: request => ({ ...(bodyOf(request) as object), kind: 'Evidence' }),
    [`GET ${all}`]: (request, response) => {
      const { name } = (bodyOf(server.requests[0] as Recorded) as { metadata: { name: string } }).metadata;
      const denied = request.url.searchParams.get('fieldSelector') === `metadata.name=${name}`;
      const message = '✘ licences: left-pad has none\n  Why: x';
      const object = {
        apiVersion: 'causeway.dev/v1',
        kind: 'Evidence',
        metadata: { name, namespace: 'shop', uid: '1', resourceVersion: '2' },
        spec: {},
        status: {
          verdict: denied ? 'denied' : 'allowed',
          conditions: [{ type: 'Judged', status: 'True', reason: 'Denied', message }],
        },
      };
      if (!request.url.searchParams.has('watch'))
        return { kind: 'EvidenceList', metadata: { resourceVersion: '2' }, items: [object] };
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      return undefined;
    },
  });
  const sbom = JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'left-pad', version: '1.0.0' }],
  });
  const argv = ['evidence', 'submit', '-', '--service', 'orders', '--commit', '0123abcd', '-n', 'shop'];
  const { code, stdout, stderr } = await platform.with(sbom)(...argv);
  assert.equal(code, 5, stderr);
  assert.match(
    stdout,
    /^✘ Evidence 'orders\.cyclonedx\.[0-9a-f]{12}' \(0 findings, 1 component\): denied\n✘ licences: left-pad has none\n {2}Why: x\n$/,
  );
  const { spec } = bodyOf(server.requests[0] as Recorded) as { spec: Record<string, unknown> };
  assert.equal(spec.service, 'orders');
  assert.equal(spec.commit, '0123abcd');
  assert.equal((await platform.with('{"bom": 1}')(...argv)).code, 2);
  const own = await platform.with('runbook: https://example.com\n')(
    ...argv,
    '--attributes',
    '--no-wait',
    '-o',
    'json',
  );
  assert.equal(own.code, 0, own.stderr);
  assert.deepEqual(JSON.parse(own.stdout).spec.attributes, { runbook: 'https://example.com' });
});
