import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../testing/run-command.ts';

interface TestContext {
  after(end: () => unknown): void;
}

/** A folder with these files in it. */
const folderOf = async (t: TestContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway policies '));
  t.after(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
};

const policy = (name: string, more = '') =>
  `apiVersion: causeway.dev/v1\nkind: Policy\nmetadata: {name: ${name}}\nspec:\n  why: Nobody knows what runs.\n  instead: Name a version.\n  owner: platform\n  match: {kinds: [Pod]}\n${more}`;

const latest = {
  'latest/policy.yaml': policy('latest', '  action: deny\n'),
  'latest/policy.rego': `package latest

deny contains "it is the latest" if is_latest

is_latest if endswith(input.spec.image, ":latest")

is_latest if not contains(input.spec.image, ":")

deny contains "it is privileged" if {
	input.spec.privileged
	input.spec.privileged != "no"
}
`,
  'latest/policy_test.rego': `package latest

test_latest if count(deny) == 1 with input as {"spec": {"image": "a:latest"}}

test_wrong if count(deny) == 2 with input as {"spec": {"image": "a:latest"}}
`,
  'latest/tests.yaml': `- name: a version
  object: {kind: Pod, spec: {image: 'a:1'}}
  expect: allow
- name: no version
  object: {kind: Pod, spec: {image: a}}
  expect: allow
- name: of a kind that it is not about
  object: {kind: Deployment, spec: {image: a}}
  expect: [latest]
`,
};

test('policy test runs cases and test_ rules, says what was expected, and which lines ran', async t => {
  const folder = await folderOf(t, { ...latest, 'other.rego': 'package other\nwarn[msg] { msg = "x" }\n' });
  const { code, stdout, stderr } = await runCommand(['policy', 'test', folder]);
  assert.equal(stderr, '');
  assert.equal(
    stdout,
    `✘ latest  3 cases, 2 tests
  ✘ no version
      expected: allow
      got:      it is the latest
  ✘ of a kind that it is not about
      The policy is not asked: it is about Pod, not Deployment.
      expected: latest
      got:      allow
  ✘ data.latest.test_wrong
      is undefined
! other   has no tests

POLICY   MODULE               COVERED   NOT COVERED
latest   latest/policy.rego   66.6 %    9, 11

5 tests of 2 policies, 3 failed
`,
  );
  assert.equal(code, 1);
  const { stdout: json } = await runCommand(['policy', 'test', folder, '-o', 'json']);
  const [first] = JSON.parse(json);
  assert.equal(first.passed, false);
  assert.equal(first.coverage[0].percent, 66.6);
});

test('policy test says where a policy does not compile, and knows what it is not', async t => {
  const folder = await folderOf(t, {
    ...latest,
    'latest/policy.rego': 'package latest\n\ndeny contains {\n',
  });
  const broken = await runCommand(['policy', 'test', folder]);
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /latest\/policy\.rego:\d+:\d+: /);
  const nothing = await runCommand(['policy', 'test', 'no-such-policy', '--data', folder]);
  assert.equal(nothing.code, 4);
  assert.match(nothing.stderr, /neither a folder nor a policy no-such-policy/);
});

test('the shipped policies pass their own tests, also by name', async () => {
  const { code, stdout } = await runCommand(['policy', 'test', 'no-root']);
  assert.match(stdout, /^✔ no-root {2}\d+ cases\n\n\d+ tests of 1 policy, 0 failed\n$/);
  assert.equal(code, 0);
});

test('policy explain says what each policy said of a file, and why others were not asked', async t => {
  const folder = await folderOf(t, {
    ...latest,
    'few.yaml': policy('few', '  engine: cel\n  action: audit\n  source: {inline: "false"}\n'),
    'draft.yaml': policy('draft', '  engine: cel\n  source: {inline: "true"}\n'),
    'there.yaml': policy('there', '  engine: cel\n  action: warn\n  source: {inline: "true"}\n').replace(
      '{kinds: [Pod]}',
      '{kinds: [Pod], environments: [production]}',
    ),
  });
  const input =
    '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "shop"}, "spec": {"image": "a"}}';
  const { code, stdout, stderr } = await runCommand(['policy', 'explain', '-', '--policies', folder], {
    input,
  });
  assert.equal(stderr, '');
  assert.equal(code, 5);
  assert.equal(
    stdout.replaceAll(/\d+ µs/g, 'N µs').replaceAll(/ {4}\| .*\n/g, ''),
    `Pod/p of team shop is refused.
! few is against it; audit: it is reported, no more, N µs
    deny [policy]: failed: false
    Why: Nobody knows what runs.
    Instead: Name a version.
✘ latest is against it; deny: it is refused, N µs
    deny [deny]: it is the latest
    Why: Nobody knows what runs.
    Instead: Name a version.
- draft was not asked: it is a draft, which only tests ask
- there was not asked: it is about production, and no environment was named
`,
  );
  assert.match(stdout, /\n {4}\| data\.latest\.deny/);
});

test('policy bench judges the golden cases for as long as it is told', async t => {
  const folder = await folderOf(t, latest);
  const { code, stdout } = await runCommand(['policy', 'bench', folder, '--for', '50ms', '-o', 'json']);
  assert.equal(code, 0);
  const bench = JSON.parse(stdout);
  assert.equal(bench.policies, 1);
  assert.equal(bench.inputs, 3);
  assert.ok(bench.judgements > 0 && bench.judgements % 3 === 0, stdout);
  // One of three inputs is of a kind that it is not about.
  assert.equal(bench.decisions, (bench.judgements / 3) * 2);
  const bare = await folderOf(t, { 'a.rego': 'package a\ndeny[msg] { msg = "x" }\n' });
  assert.equal((await runCommand(['policy', 'bench', bare])).code, 2);
});

test('rules of Kyverno and of Kubernetes’ own admission judge as they are', async t => {
  const folder = await folderOf(t, {
    'kyverno.yaml': `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: require-app
  annotations: {policies.kyverno.io/description: Labels tell whose it is.}
spec:
  validationFailureAction: Enforce
  rules:
    - name: app
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {message: the label app is missing, pattern: {metadata: {labels: {app: '?*'}}}}
`,
    'admission.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: named}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: object.metadata.name != 'p', message: it needs a better name}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: named}
spec: {policyName: named, validationActions: [Warn]}
`,
  });
  const input = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n';
  const { code, stdout } = await runCommand(['validate', '-', '--policies', folder], { input });
  assert.equal(code, 5);
  assert.match(stdout, /✘ standard input:3:\d+ Pod\/p: .*the label app is missing.* \[require-app\/app\]/);
  assert.match(stdout, / {2}Why: Labels tell whose it is\.\n/);
  assert.match(stdout, /! standard input:3:12 Pod\/p: it needs a better name \[named\/validations\[0\]\]/);
});
