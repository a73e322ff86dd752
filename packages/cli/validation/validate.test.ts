import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requestDigest } from '@causeway/policy';
import { runCommand } from '../testing/run-command.ts';

interface TestContext {
  after(end: () => unknown): void;
}

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const policies = join(fixtures, 'policies');

const validate = async (argv: readonly string[], input?: string) => {
  const result = await runCommand(['validate', ...argv], input === undefined ? {} : { input });
  return { ...result, stdout: result.stdout.replaceAll(fixtures, '…') };
};

const inFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway validate '));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
};

test('a folder is judged by schema and policies: place, line, why and what to do', async () => {
  const { code, stdout, stderr } = await validate([
    join(fixtures, 'manifests'),
    '--policies',
    policies,
    '-e',
    'production',
  ]);
  assert.equal(stderr, '');
  assert.equal(
    stdout,
    `✘ …/manifests/nested/web.json:4:17 Deployment/web: Containers must not run as root [deployment/deny]
  4 |   "metadata": { "name": "web", "namespace": "shop" },
    |                 ^
  Why: A rule in conftest/deployment.rego says so.
  Instead: Change what the message names.
✘ …/manifests/nested/web.json:6:5 Deployment/web: spec.replicas is 9 [few-copies/validations[0]]
  6 |     "replicas": 9,
    |     ^
  Why: Each one costs.
  Instead: Take at most 5.
  More: https://example.com/few-copies
! …/manifests/nested/web.json:4:17 Deployment/web: failed: has(object.metadata.labels) && "owner" in object.metadata.labels [owner-label/policy]
  4 |   "metadata": { "name": "web", "namespace": "shop" },
    |                 ^
  Why: Somebody must be asked about it.
  Instead: Give it the label owner.
· …/manifests/nested/web.json:4:17 Deployment/web: failed: object.metadata.name != "web" [to-come/policy]
  4 |   "metadata": { "name": "web", "namespace": "shop" },
    |                 ^
  Why: It is being tried.
  Instead: Nothing yet.
✘ 2 objects: 2 errors, 1 warning, 1 note; refused by policy
`,
  );
  assert.equal(code, 5);
});

test('what only is advised, or is meant for elsewhere, refuses nothing', async () => {
  const good = join(fixtures, 'manifests', 'good.yaml');
  assert.deepEqual(await validate([good, '--policies', policies]), {
    code: 0,
    stdout: '✔ 1 object: 0 errors, 0 warnings, 0 notes; allowed\n',
    stderr: '',
  });
  const text = (await readFile(good, 'utf8')).replace('owner: shop', 'other: x');
  const warned = await validate(['-', '--policies', policies, '-e', 'production'], text);
  assert.equal(warned.code, 0);
  assert.match(warned.stdout, /^! standard input:4:3 Deployment\/api: .*\[owner-label\/policy\]/);
  assert.equal((await validate(['-', '--policies', policies], text)).stdout.includes('!'), false);
});

test('an object that is not what its kind says exits with 2, whatever policies say of others', async () => {
  const { code, stdout } = await validate([join(fixtures, 'typo.yaml'), '--policies', policies]);
  assert.equal(code, 2);
  assert.match(
    stdout,
    /^✘ …\/typo\.yaml:5:3 Service\/orders: Service has no field spec\.descripton\. \[schema\/unknown-field\]\n {2}5 \| {3}descripton: What it is for\n {4}\| {3}\^\n {2}Did you mean description\?\n/,
  );
  assert.match(stdout, /typo\.yaml:10:8 Deployment\/many: spec\.replicas is 6/);
  assert.match(stdout, /✘ 2 objects: 2 errors, 0 warnings, 0 notes; invalid\n$/);
});

test('[API2] files in a group of the organisation are checked as ours, once it is known', async t => {
  const text =
    'apiVersion: platform.kubedojo.io/v1\nkind: EnvironmentRequest\nmetadata: { name: a }\nspec: { porpoise: x }\n';
  const group = ['--api-group', 'platform.kubedojo.io'];
  const checked = await validate(['-', '--policies', policies, ...group], text);
  assert.equal(checked.code, 2);
  assert.match(checked.stdout, /EnvironmentRequest has no field spec\.porpoise[\s\S]*Did you mean purpose\?/);
  const unknown = await validate(['-', '--policies', policies, '--api-group', 'platform.other.io'], text);
  assert.equal(unknown.code, 0);
  assert.match(
    unknown.stdout,
    /^! standard input:1:13 [\s\S]*not checked[\s\S]*--api-group platform\.kubedojo\.io/,
  );

  const home = await inFolder(t);
  await writeFile(join(home, 'config.yaml'), 'apiGroups: [platform.kubedojo.io]\n');
  const configured = await runCommand(['validate', '-', '--data', home, '--policies', policies], {
    input: text,
  });
  assert.equal(configured.code, 2);
  const wrong = await validate(['-', '--api-group', 'apps'], text);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--api-group: must be a domain name/);
});

test('programs get JSON, SARIF and annotations, and nothing else on stdout', async () => {
  const argv = [join(fixtures, 'manifests'), '--policies', policies, '-e', 'production'];
  const json = JSON.parse((await validate([...argv, '-o', 'json'])).stdout);
  assert.equal(json.verdict, 'denied');
  assert.equal(json.objects, 2);
  assert.deepEqual(
    json.findings.map(({ rule, level, line }: { rule: string; level: string; line: number }) => [
      rule,
      level,
      line,
    ]),
    [
      ['deployment/deny', 'error', 4],
      ['few-copies/validations[0]', 'error', 6],
      ['owner-label/policy', 'warning', 4],
      ['to-come/policy', 'note', 4],
    ],
  );
  const sarif = await validate([...argv, '-o', 'sarif']);
  assert.equal(sarif.code, 5);
  const { version, runs } = JSON.parse(sarif.stdout);
  assert.equal(version, '2.1.0');
  assert.equal(runs[0].results.length, 4);
  const github = await validate([...argv, '-o', 'github']);
  assert.equal(github.code, 5);
  assert.match(
    github.stdout,
    /^::error file=…\/manifests\/nested\/web\.json,line=4,col=17,title=deployment\/deny::Containers must/,
  );
  assert.equal(github.stdout.split('\n').length, 5);
});

test('[POL6] an exception in the folder counts for what was asked, until it ends', async t => {
  const folder = await inFolder(t);
  await cp(policies, folder, { recursive: true });
  const day = 86_400_000;
  const exception = (name: string, ends: number, change = {}) => {
    const request = {
      policy: 'few-copies',
      target: { kind: 'Deployment', name },
      reason: 'The shop needs them until Christmas.',
      expiresAt: new Date(Date.now() + ends).toISOString(),
      requestedBy: 'ada',
    };
    const at = new Date(Date.now() - 2 * day).toISOString();
    const decision = { by: 'bob', at, approved: true, digest: requestDigest(request) };
    return {
      apiVersion: 'causeway.dev/v1',
      kind: 'Exception',
      metadata: { name, namespace: 'shop' },
      spec: { ...request, decision, ...change },
    };
  };
  const items = [
    exception('many', day),
    exception('over', -day),
    exception('changed', day, { target: { kind: 'Deployment', name: 'chang*' } }),
    exception('undecided', day, { decision: undefined }),
  ];
  await writeFile(join(folder, 'exceptions.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const deployment = (name: string, namespace = 'shop') =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: { replicas: 6, template: { spec: { securityContext: { runAsNonRoot: true } } } },
    });
  const excepted = await validate(['-', '--policies', folder], deployment('many'));
  assert.equal(excepted.code, 0);
  assert.match(excepted.stdout, /^· .*spec\.replicas is 6 .*\n(.*\n)*? {2}Excepted by shop\/many\.\n/);
  for (const [name, namespace] of [
    ['over', 'shop'],
    ['changed', 'shop'],
    ['undecided', 'shop'],
    ['many', 'pay'],
  ] as const)
    assert.equal((await validate(['-', '--policies', folder], deployment(name, namespace))).code, 5, name);
});

test('what cannot be read exits with 2 and says where', async t => {
  const folder = await inFolder(t);
  const good = join(fixtures, 'manifests', 'good.yaml');
  await writeFile(join(folder, 'broken.rego'), 'package broken\n\ndeny[msg] { msg = \n');
  await writeFile(join(folder, 'latin.yaml'), Buffer.from([0x6b, 0xe4, 0x0a]));
  await writeFile(join(folder, 'empty.yaml'), '# nothing\n');
  for (const [argv, said] of [
    [[join(fixtures, 'none.yaml')], /There is no file/],
    [[good, '--policies', join(fixtures, 'none')], /There is no folder/],
    [[good, '--policies', folder], /broken\.rego:\d+/],
    [[join(folder, 'latin.yaml')], /is no UTF-8/],
    [[join(folder, 'empty.yaml')], /There is no object/],
    [[], /missing required argument/],
  ] as const) {
    const { code, stdout, stderr } = await validate(argv);
    assert.equal(code, 2, `${argv}: ${stderr}`);
    assert.match(stderr, said);
    assert.equal(stdout, '');
  }
});

test('the policies of the installation judge when no folder is named', async () => {
  const text = await readFile(join(fixtures, 'manifests', 'nested', 'web.json'), 'utf8');
  const { code, stdout } = await validate(['-'], text);
  // Those about containers are audited at first: they are told, and refuse nothing.
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /· standard input:7:\d+ Deployment\/web: containers\[0\] \(web\) may run as root \[no-root\/deny\]/,
  );
});
