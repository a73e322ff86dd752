import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeRequest } from '@causeway/model';
import { Failure } from './static/api.js';
import { diffView, mostLines, readDiff } from './static/change-diff.js';
import { changeView } from './static/change-page.js';
import { planSummary, planView } from './static/change-plan.js';
import { changesView, selectChanges } from './static/changes-page.js';
import { elementsOf, textOf } from './testing/described.ts';
import { sampleDiff } from './testing/sample-environments.ts';
import { samplePlatform } from './testing/sample-platform.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const changes = samplePlatform(now).filter((one): one is ChangeRequest => one.kind === 'ChangeRequest');
const [open, merged] = changes as [ChangeRequest, ChangeRequest];

const view = (change: ChangeRequest | undefined, more: object = {}) =>
  changeView(
    {
      team: 'payments',
      name: 'payments-api.12',
      change,
      gone: false,
      may: true,
      user: 'ada',
      method: 'merge',
      comment: '',
      busy: false,
      onMethod: () => {},
      onText: () => {},
      onAct: () => {},
      ...more,
    },
    now,
  );
const withStatus = (status: Partial<NonNullable<ChangeRequest['status']>>): ChangeRequest => ({
  ...open,
  status: { ...open.status, ...status },
});
const buttons = (content: ReturnType<typeof view>): string[] =>
  elementsOf(content)
    .filter(({ tag, attributes }) => tag === 'button' && attributes.key !== undefined && !attributes.disabled)
    .map(textOf);

test('the list tells what is in the way of each, the newest first', () => {
  const rows = elementsOf(changesView({ changes, team: '', text: '', all: true }, now)).filter(
    ({ tag, attributes }) => tag === 'tr' && attributes.key,
  );
  assert.deepEqual(rows.map(textOf), [
    'Ask for a staging environment, and round refunds half to even payments-api.12 · payments Open feature/staging grace review waits for the approval of ada (src/refunds.js) 2 h ago',
    'Show the cart checkout.3 · shop Merged cart linus@example.com by ada 4 d ago',
  ]);
  const names = (team: string, text: string): string[] =>
    selectChanges(changes, { team, text }).map(({ metadata }) => metadata.name);
  assert.deepEqual(names('shop', ''), ['checkout.3']);
  assert.deepEqual(names('', 'payments-api GRACE'), ['payments-api.12']);
  assert.match(
    textOf(changesView({ changes: [], team: '', text: '', all: false }, now)),
    /No change request is open.*git push -o change origin my-branch/,
  );
});

test('one tells what it is, its checks, plan, cost, quota, approvals, comments and environments', () => {
  const text = textOf(view(open));
  for (const words of [
    'grace wants feature/staging in main , 2 commits, 2 files (+17 −1) , opened 2 h ago',
    'Half up adds a cent',
    'Not to be merged yet Review waits for the approval of ada (src/refunds.js).',
    'policy: passed 11 rules passed',
    'review: pending',
    'linus@example.com approved c5c55827 1 h ago , no longer the newest commit',
    'ada asked by CODEOWNERS',
    'platform/staging.yaml +14 −0',
    'pr-12 goes in 3 d ready after 2 s http://payments-api.pr-12.payments.localhost:7080',
    'Planned: 1 to create, 1 to change; +4.80 EUR a month, estimated.',
    'create EnvironmentRequest/payments-staging platform/staging.yaml:1 +3.20 EUR a month',
    'spec.replicas: 1 → 2',
    'its budget is 60.00 , 18.50 left',
    'environments 3 of 5 , 2 left',
    'ada 1 h ago on platform/staging.yaml:6 Why fourteen days?',
  ])
    assert.ok(text.includes(words), `${words}\nnot in\n${text}`);
});

test('[CHG3] what can be pressed depends on how it stands and who looks', () => {
  assert.deepEqual(buttons(view(open)), ['Approve', 'Close']);
  const ready = withStatus({ mergeable: { ready: true, message: 'nothing is in the way' } });
  assert.deepEqual(buttons(view(ready)), ['Merge', 'Approve', 'Close']);
  assert.deepEqual(buttons(view(ready, { user: 'grace' })), ['Merge', 'Close']);
  assert.match(textOf(view(ready, { user: 'grace' })), /You opened it: somebody else approves it\./);
  const approvals = [{ by: 'ada', at: new Date(now).toISOString(), commit: open.status?.head ?? '' }];
  assert.deepEqual(buttons(view(withStatus({ approvals }))), ['Close']);
  assert.deepEqual(buttons(view({ ...open, spec: { ...open.spec, closed: true } })), ['Reopen']);
  assert.deepEqual(buttons(view(ready, { may: false })), []);
  assert.match(textOf(view(merged)), /ada merged it 3 d ago \( ?squash ?\): main is at/);
  const forge = { name: 'gitea', url: 'https://git.example/a/b/pulls/1' };
  const elsewhere = view({ ...open, spec: { ...open.spec, forge } });
  assert.deepEqual(buttons(elsewhere), []);
  assert.match(textOf(elsewhere), /It lives in gitea, and is decided there: https:\/\/git\.example/);
  assert.match(textOf(view(undefined, { gone: true })), /no such change request/);
});

test('[CHG10] an approval is for the commit that was shown', () => {
  const asked: unknown[] = [];
  const approve = elementsOf(view(open, { onAct: (...given: unknown[]) => asked.push(given) })).find(
    ({ attributes }) => attributes.key === 'approve',
  );
  approve?.attributes.onclick();
  assert.deepEqual(asked, [['approve', { commit: open.status?.head }]]);
});

test('a plan that would be refused says where and why, and what is over the budget', () => {
  const plan = open.status?.plan;
  assert.ok(plan?.cost);
  const refused = {
    ...plan,
    allowed: false,
    changes: [
      {
        action: 'refuse' as const,
        kind: 'Service',
        name: 'x',
        path: 'platform/x.yaml',
        line: 3,
        problems: ['There is no such template.'],
      },
    ],
    problems: [{ path: 'platform/y.yaml', line: 9, message: 'a tab' }],
    cost: { ...plan.cost, monthly: -1, teamMonthly: 70 },
  };
  assert.equal(planSummary(refused), '1 to be refused; 1 problem; −1.00 EUR a month, estimated');
  const text = textOf(planView(refused));
  assert.match(text, /platform\/y\.yaml:9 a tab/);
  assert.match(text, /refused Service\/x platform\/x\.yaml:3 There is no such template\./);
  assert.match(text, /10\.00 too much/);
  assert.equal(planSummary({ ...plan, changes: [], cost: undefined }), 'nothing to create, change or delete');
});

test('[CHG10] a diff is read as git writes it: files, numbers, lines that look like headers', async () => {
  const { files, cut } = await readDiff(sampleDiff.split('\n'));
  assert.equal(cut, false);
  assert.deepEqual(
    files.map(({ path, note, added, removed }) => [path, note, added, removed]),
    [
      ['platform/staging.yaml', 'new file', 5, 0],
      ['src/refunds.js', '', 4, 2],
    ],
  );
  assert.deepEqual(
    files[1]?.lines.slice(1, 5).map(({ sign, before, after }) => [sign, before, after]),
    [
      [' ', 10, 10],
      ['-', 11, undefined],
      ['-', 12, undefined],
      ['+', undefined, 11],
    ],
  );
  assert.ok(textOf(diffView({ files, cut })).includes('− -- a line that looks like a header'));
});

test('a diff of renames, deletions, binary files and unusual names', async () => {
  const { files } = await readDiff(
    `diff --git a/old name b/new name
similarity index 100%
rename from old name
rename to new name
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-last
\\ No newline at end of file
diff --git a/p.png b/p.png
Binary files a/p.png and b/p.png differ
diff --git "a/t\\303\\244b" "b/t\\303\\244b"
new file mode 100755`.split('\n'),
  );
  assert.deepEqual(
    files.map(({ path, note, added, removed }) => [path, note, added, removed]),
    [
      ['new name', 'rename from old name, rename to new name', 0, 0],
      ['gone', 'deleted file', 0, 1],
      ['p.png', 'Binary files a/p.png and b/p.png differ', 0, 0],
      ['t\\303\\244b', 'new file', 0, 0],
    ],
  );
  assert.match(textOf(diffView({ files: [], cut: false })), /do not differ/);
});

test('of a diff that is too long the beginning is shown, and that it is', async () => {
  function* endless(): Generator<string> {
    yield 'diff --git a/a b/a';
    yield `@@ -0,0 +1,${mostLines * 2} @@`;
    for (;;) yield '+x';
  }
  const diff = await readDiff(endless());
  assert.equal(diff.cut, true);
  assert.equal(diff.files[0]?.added, mostLines);
  assert.match(textOf(diffView(diff)), /Only the first 5000 lines are shown.*platform change diff/);
});

test('what people wrote is text, and links only lead to the web', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  const bad = {
    ...open,
    spec: { ...open.spec, title: evil, description: evil, source: evil, author: evil },
    status: {
      ...open.status,
      comments: [{ by: evil, at: 'x', text: evil }],
      environments: [{ name: evil, state: evil, url: 'javascript:alert(1)' }],
      commits: [{ commit: 'c', subject: evil, author: evil }],
    },
  };
  const diff = diffView(await readDiff([`diff --git a/x b/${evil}`, '@@ -0,0 +1,1 @@', `+${evil}`]));
  const refused = { title: 'x', failure: new Failure({ code: 'x', message: evil }) };
  const content = [
    view(bad, { diff, refused }),
    changesView({ changes: [bad], team: '', text: '', all: false }, now),
  ];
  for (const { tag, attributes } of elementsOf(content)) {
    assert.ok(!String(attributes.href ?? '').startsWith('javascript:'));
    assert.notEqual(tag, 'img');
  }
  assert.ok(textOf(content).includes(evil));
});
