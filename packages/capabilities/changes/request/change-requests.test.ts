import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ChangeRequestKind,
  CommentOnChange,
  EnvironmentRequestKind,
  OpenChange,
  type PlatformError,
  PolicyKind,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { naughtyStrings } from '../../../../test/naughty-strings/naughty-strings.ts';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, type World } from '../../testing/world.ts';
import { gitIn } from '../testing/commit-files.ts';
import {
  bob,
  createTeamWorld,
  eve,
  key,
  refused,
  serviceWithChanges,
} from '../testing/service-with-changes.ts';
import { approveChange } from './approve.ts';
import { changeDiff } from './change-diff.ts';
import { commentOnChange } from './comment.ts';
import { mergeChange } from './merge-change.ts';
import { openChange } from './open-change.ts';
import { reportChanges } from './report-changes.ts';

describe('change requests', () => {
  let world: World;
  before(async () => {
    world = await createTeamWorld();
  });
  after(() => world.close());
  const setUp = () => serviceWithChanges(world);

  test('[CHG1] one shows its commits, files and what is in the way', async () => {
    const { name, commit, open, peek, shows } = await setUp();
    await commit({ branch: 'feature/x', files: { 'a.txt': '1\n2\n' }, message: 'Add a' });
    const head = await commit({ branch: 'feature/x', files: { 'b.txt': '1\n' }, message: 'Add b' });
    assert.equal(await open('feature/x', { description: 'because' }), `${name}.1`);
    const { spec, status } = peek() ?? {};
    assert.deepEqual(spec, {
      service: name,
      number: 1,
      source: 'feature/x',
      target: 'main',
      title: 'Add a',
      description: 'because',
      author: 'alice',
      closed: false,
    });
    assert.equal(status?.head, head);
    assert.deepEqual(status?.size, { commits: 2, files: 2, added: 3, removed: 0 });
    assert.deepEqual(
      status?.commits?.map(({ subject, author }) => `${subject} by ${author}`),
      ['Add b by alice', 'Add a by alice'],
    );
    assert.deepEqual(status?.files, [
      { path: 'a.txt', added: 2, removed: 0 },
      { path: 'b.txt', added: 1, removed: 0 },
    ]);
    assert.deepEqual(status?.mergeable, { ready: true, message: 'nothing is in the way' });
    assert.deepEqual(
      status?.checks?.map(one => `${one.name} ${one.state}`),
      ['policy Passed', 'review Skipped'],
    );
    const pieces: string[] = [];
    for await (const piece of changeDiff(world.capabilities, key(`${name}.1`), AbortSignal.timeout(180_000)))
      pieces.push(piece);
    assert.match(pieces.join(''), /^diff --git a\/a.txt b\/a.txt\n/);
    await commit({ branch: 'main', files: { 'c.txt': '' } });
    const { mergeable } = await shows('main moved on', one => one.status?.behind === 1);
    assert.match(mergeable?.message ?? '', /main is 1 commit ahead, so it cannot be a fast-forward/);
    const before = peek()?.metadata.resourceVersion;
    world.changes.nudge(key(`${name}.1`));
    await world.settle();
    assert.equal(peek()?.metadata.resourceVersion, before, 'nothing new writes nothing');
  });

  test('[CHG2] a number is given once, and a branch has one open change', async () => {
    const { name, commit, open, shows, peek } = await setUp();
    await commit({ branch: 'one', files: { a: '1' } });
    await commit({ branch: 'two', files: { a: '2' } });
    const [first, second] = [await open('one'), await open('two')];
    assert.deepEqual([first, second], [`${name}.1`, `${name}.2`]);
    const again = await openChange(world.capabilities, key(name), { source: 'one', title: 'Other' }, bob);
    assert.equal(again.opened, false);
    assert.deepEqual([again.change.metadata.name, again.change.spec.title], [first, 'Other']);
    assert.equal(again.change.spec.author, 'alice');
    await world.engine.store.delete(ChangeRequestKind, key(second), alice);
    assert.equal(await open('two'), `${name}.3`);
    // Two that raced each other: the later gives way.
    await commit({ branch: 'three', files: { a: '3' } });
    const both = await Promise.all(
      [alice, bob].map(actor => openChange(world.capabilities, key(name), { source: 'three' }, actor)),
    );
    const numbers = both.map(({ change }) => change.spec.number).sort();
    if (new Set(numbers).size === 2) {
      const { mergeable } = await shows('it gives way', one => one.status?.phase === 'Closed', numbers[1]);
      assert.match(mergeable?.message ?? '', /is about the same branches/);
      assert.equal(peek(numbers[0])?.status?.phase ?? 'Open', 'Open');
    }
  });

  test('what cannot be a change request is refused in words', async () => {
    const { name, commit, bare } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    await gitIn(bare, 'alice', ['update-ref', 'refs/heads/same', 'main']);
    const strange = await gitIn(bare, 'alice', [
      'commit-tree',
      await gitIn(bare, 'alice', ['rev-parse', 'main^{tree}']),
      '-m',
      'x',
    ]);
    await gitIn(bare, 'alice', ['update-ref', 'refs/heads/strange', strange]);
    for (const [wanted, code, message, next] of [
      [{ source: 'featur' }, 'NotFound', /has no branch 'featur'/, /Did you mean 'feature'\?/],
      [{ source: 'nowhere-near' }, 'NotFound', /has no branch/, /git push origin/],
      [{ source: '--help' }, 'NotFound', /has no branch/, /./],
      [{ source: '../../config' }, 'NotFound', /has no branch/, /./],
      [{ source: 'feature', target: 'mian' }, 'NotFound', /no branch 'mian'/, /Did you mean 'main'\?/],
      [{ source: 'main' }, 'Invalid', /main cannot be merged into itself/, /Commit to another branch/],
      [{ source: 'same' }, 'Invalid', /same has nothing that main has not/, /Commit to it/],
      [{ source: 'strange' }, 'Invalid', /no commit in common/, /cherry-pick/],
    ] as const)
      await assert.rejects(
        openChange(world.capabilities, key(name), wanted, alice),
        (error: PlatformError) => {
          assert.match(error.next, next);
          return refused(code, message)(error);
        },
      );
    assert.equal(world.engine.store.peek(ServiceKind, key(name))?.status?.changeRequests, undefined);
  });

  test('[CHG3] nobody approves their own, programs approve nothing, and an approval is for a commit', async () => {
    const { commit, open, shows } = await setUp();
    await commit({
      branch: 'main',
      files: { '.github/CODEOWNERS': '* @shop\n/docs/ @bob @nobody\n/free @gone\n' },
    });
    await commit({ branch: 'feature', files: { 'docs/a': '1', free: '1' } });
    await commit({ branch: 'feature', files: { 'docs/a': '2' }, by: 'eve' });
    const change = await open('feature');
    const { reviewers, mergeable } = await shows('reviewers', one => one.status?.reviewers);
    assert.deepEqual(reviewers, ['bob']);
    assert.deepEqual(mergeable, {
      ready: false,
      message: 'review waits for the approval of bob (docs/a)',
    });
    const approve = (user: string, more: object = {}) =>
      approveChange(world.changes, key(change), more, { user, from: 'test' });
    await assert.rejects(approve('alice'), refused('Forbidden', /you had a hand in/));
    await assert.rejects(approve('eve'), refused('Forbidden', /you had a hand in/));
    for (const program of ['agent:coder', 'automation:ci', 'system:server'])
      await assert.rejects(approve(program), refused('Forbidden', /programs do not approve/));
    await assert.rejects(approve('bob', { commit: 'f'.repeat(40) }), refused('Conflict', /is at .* by now/));
    const approved = await approve('bob', { comment: 'well done' });
    await approve('bob');
    assert.deepEqual(
      approved.status?.comments?.map(({ by, text }) => [by, text]),
      [['bob', 'well done']],
    );
    const after = await shows('it is approved', one => one.status?.mergeable?.ready);
    assert.equal(after.approvals?.length, 1);
    await commit({ branch: 'feature', files: { 'docs/a': '3' }, amend: true });
    const amended = await shows('the approval counts no more', one => one.status?.mergeable?.ready === false);
    assert.match(amended.mergeable?.message ?? '', /waits for the approval of bob/);
    await assert.rejects(
      mergeChange(world.changes, key(change), 'merge', bob, () => {}),
      refused('NotMergeable', /waits for the approval of bob/),
    );
  });

  test('[CHG6] policies decide on a change as they do at its push; an approval is evidence for the release', async () => {
    const { name, commit, open, shows, merge, bare } = await setUp();
    const { store, decisions } = world.engine;
    const write = (policy: string, inline: string, kinds: string[]) =>
      store.create(PolicyKind, celPolicy(policy, inline, { match: { kinds } }), alice);
    await write('no-secrets-file', '!("secrets.txt" in object.spec.files)', ['Push']);
    await write('four-eyes', 'size(object.spec.approvals) > 0', ['Merge']);
    await write(
      'reviewed',
      'object.spec.environment != "production" || object.spec.sequence == 1 || object.spec.reviewed',
      ['ReleaseEvidence'],
    );
    await world.capabilities.policies.settled();
    await commit({ branch: 'feature', files: { 'secrets.txt': '1' } });
    const change = await open('feature');
    const { checks } = await shows('it is refused', one => one.status?.mergeable?.ready === false);
    const policy = checks?.find(one => one.name === 'policy');
    assert.equal(policy?.state, 'Failed');
    assert.match(
      policy?.message ?? '',
      /refs\/heads\/main is refused by policy:[\s\S]*no-secrets-file[\s\S]*four-eyes/,
    );
    assert.ok((await decisions.read({ place: 'change', limit: 10 })).length >= 2);
    await assert.rejects(merge(change), (error: PlatformError) => {
      assert.match(error.evidence.join('\n'), /policy: .*no-secrets-file/);
      return refused('NotMergeable', /policy does not allow it/)(error);
    });
    await commit({ branch: 'feature', files: { 'secrets.txt': null, a: '1' } });
    await shows(
      'only approval is missing',
      one =>
        !/no-secrets/.test(
          one.status?.checks?.find(check => check.name === 'policy')?.message ?? 'no-secrets',
        ),
    );
    await approveChange(world.changes, key(change), {}, bob);
    await shows('it may be merged', one => one.status?.mergeable?.ready);
    // Who approved merges: two have seen it.
    await merge(change, 'merge', bob);
    await world.until(
      'it serves',
      () => store.peek(RolloutKind, key(`${name}.production`))?.status?.serving?.release === `${name}.2`,
    );
    assert.equal(await gitIn(bare, 'x', ['show', 'main:a']), '1');
    for (const policyName of ['no-secrets-file', 'four-eyes', 'reviewed'])
      await store.mutate(
        PolicyKind,
        { namespace: '', name: policyName },
        one => ({ ...one, spec: { ...one.spec, action: 'audit' as const } }),
        alice,
      );
  });

  test('[CHG6] files of the platform are planned; what would be refused is in the way', async () => {
    const { name, commit, open, shows, merge } = await setUp();
    const file = (lifetime: string): string =>
      [
        'apiVersion: causeway.dev/v1',
        'kind: EnvironmentRequest',
        `metadata: {name: ${name}-staging}`,
        `spec: {lifetime: ${lifetime}, services: [{name: ${name}}]}`,
      ].join('\n');
    await commit({ branch: 'feature', files: { 'platform/staging.yaml': file('1x') } });
    await commit({ branch: 'main', files: { other: '1' } });
    const change = await open('feature');
    const bad = await shows('it is planned', one => one.status?.plan);
    assert.equal(bad.plan?.allowed, false);
    assert.match(bad.mergeable?.message ?? '', /^plan does not allow it/);
    await assert.rejects(merge(change), (error: PlatformError) => {
      assert.match(error.evidence.join('\n'), /plan: .*staging\.yaml/);
      return true;
    });
    const head = await commit({ branch: 'feature', files: { 'platform/staging.yaml': file('1h') } });
    const { plan, checks } = await shows('it may be merged', one => one.status?.mergeable?.ready);
    assert.deepEqual(
      [plan?.commit, plan?.changes.map(({ action, kind, name: object }) => `${action} ${kind}/${object}`)],
      [head, [`create EnvironmentRequest/${name}-staging`]],
    );
    assert.match(checks?.find(one => one.name === 'plan')?.message ?? '', /^1 to create/);
  });

  test('[CHG8] the pusher reads what became of the change', async () => {
    const { name, commit } = await setUp();
    const head = await commit({ branch: 'feature', files: { a: '1' } });
    const tell = async (options: string[], branch = 'feature') => {
      const lines: string[] = [];
      const push = {
        id: { team: 'shop', service: name },
        user: 'alice',
        options,
        updates: [{ ref: `refs/heads/${branch}`, before: undefined, after: head }],
      };
      for await (const line of reportChanges(world.changes, push, AbortSignal.timeout(180_000)))
        lines.push(line);
      return lines;
    };
    assert.deepEqual(await tell([]), []);
    assert.deepEqual(await tell(['change', 'change.title=Add a']), [
      `${name}: change request ${name}.1 opened: Add a`,
      '  feature → main, 1 commit, 1 file (+1 −0)',
      '  ✔ policy   1 rule passed',
      '  - review   CODEOWNERS asks for nobody’s approval',
      '  ✔ merge    nothing is in the way',
      `  next: platform change merge ${name}.1 --team shop`,
    ]);
    assert.equal((await tell([]))[0], `${name}: change request ${name}.1 updated: Add a`);
    const [refusal] = await tell(['change', 'change.target=nowhere']);
    assert.match(refusal ?? '', /is pushed, and no change request was opened: .* has no branch 'nowhere'/);
  });

  test('[CHG9] environments that came from it are shown, also after the merge', async () => {
    const { name, commit, open, merge, shows } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    await merge(change);
    const request = `${name}-test`;
    await world.engine.store.create(
      EnvironmentRequestKind,
      {
        metadata: {
          name: request,
          namespace: 'shop',
          annotations: { 'causeway.dev/change-request': change },
        },
        spec: { lifetime: '1h', services: [{ name }] },
      },
      alice,
    );
    const ready = await shows('it is ready', one =>
      /^ready after \d+ s$/.test(one.status?.environments?.[0]?.state ?? ''),
    );
    assert.match(ready.environments?.[0]?.url ?? '', new RegExp(`${name}\\.${request}`));
    assert.ok(ready.environments?.[0]?.expiresAt);
    await world.engine.store.delete(EnvironmentRequestKind, key(request), alice);
    const gone = await shows('it is gone', one => one.status?.environments?.[0]?.state.startsWith('gone'));
    assert.equal(gone.environments?.[0]?.url, undefined);
  });

  test('[CHG1] a thousand files, a huge diff, what is no UTF-8: shown as far as an object can, and said', async () => {
    const { commit, open, peek } = await setUp();
    const files = Object.fromEntries(
      Array.from({ length: 1200 }, (_, index) => [`folder/${String(index).padStart(4, '0')}.txt`, 'x\n']),
    );
    await commit({
      branch: 'feature',
      files: {
        ...files,
        'latin.txt': Buffer.from([0xe4, 0xf6, 0x0a]),
        'big.txt': `${'y'.repeat(99)}\n`.repeat(200_000),
      },
      message: '\u{1f600} ü <b>$(x)</b>\n\nbody',
    });
    const change = await open('feature');
    const { status, spec } = peek() ?? {};
    assert.equal(spec?.title, '\u{1f600} ü <b>$(x)</b>');
    assert.deepEqual(status?.size, { commits: 1, files: 1202, added: 201_201, removed: 0 });
    assert.equal(status?.files?.length, 1000);
    let bytes = 0;
    let last = '';
    for await (const piece of changeDiff(world.capabilities, key(change), AbortSignal.timeout(180_000))) {
      bytes += Buffer.byteLength(piece);
      last = piece;
    }
    assert.ok(bytes > 16 * 1024 * 1024 && bytes < 17 * 1024 * 1024, String(bytes));
    assert.match(last, /The diff goes on/);
    assert.match(status?.mergeable?.message ?? '', /policy does not allow it/, 'a file is too large');
  });

  test('[INP3] the naughty strings people collect come back as they are, or are refused by the schema', async () => {
    const { name, commit, open, peek } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    for (const text of naughtyStrings) {
      const wanted = { source: 'feature', title: text, description: text };
      if (OpenChange.safeParse(wanted).success) {
        await openChange(world.capabilities, key(name), wanted, alice);
        const { spec } = await world.engine.store.get(ChangeRequestKind, key(change));
        assert.deepEqual([spec.title, spec.description], [text, text]);
      }
      await assert.rejects(
        openChange(world.capabilities, key(name), { source: `${text}.` }, alice),
        (error: PlatformError) => error.code === 'NotFound' && error.message.length < 500,
        JSON.stringify(text),
      );
    }
    const taken = naughtyStrings.filter(text => CommentOnChange.safeParse({ text }).success).slice(0, 400);
    for (const text of taken) await commentOnChange(world.capabilities, key(change), { text }, eve);
    assert.deepEqual(
      peek()?.status?.comments?.map(({ text }) => text),
      taken,
    );
  });

  test('comments come back as they were said, and have an end', async () => {
    const { commit, open } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    const said = ['<script>alert(1)</script>', "'; DROP TABLE x; --", '\u202eevil', 'a\n\tb', '𝕳é', '{{x}}'];
    for (const text of said) await commentOnChange(world.capabilities, key(change), { text }, eve);
    const { status } = await commentOnChange(
      world.capabilities,
      key(change),
      { text: 'x', path: 'a', line: 1 },
      eve,
    );
    assert.deepEqual(
      status?.comments?.map(({ text }) => text),
      [...said, 'x'],
    );
    await assert.rejects(
      commentOnChange(world.capabilities, key(change), { text: 'x', line: 1 }, eve),
      refused('Invalid', /names the file/),
    );
    const large = { text: 'x'.repeat(16_384) };
    await assert.rejects(
      async () => {
        for (let index = 0; index < 20; index += 1)
          await commentOnChange(world.capabilities, key(change), large, eve);
      },
      refused('TooLarge', /no room for more comments/),
    );
  });
});
