import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Forge, ForgeDelivery } from '@causeway/contracts';
import { type ErrorCode, isPlatformError } from '@causeway/model';

export interface ForgeComment {
  readonly id: number;
  readonly body: string;
}

/** What a forge must bring to be tested: people who work in it beside the platform, in one repository with a branch `main`. */
export interface ForgeUnderTest {
  /** Another instance each time, as after a restart. */
  open(options?: { readonly tokenFile?: string; readonly patienceMs?: number }): Forge;
  readonly repository: string;
  /** The token; appears in no error. */
  readonly token: string;
  /** Makes a commit that sets files in a branch, made from main if there is none; returns its id. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  propose(branch: string, title: string, description: string): Promise<number>;
  /** Somebody who may write reviews the newest commit. */
  review(number: number, says: 'approve' | 'refuse'): Promise<void>;
  merge(number: number): Promise<void>;
  close(number: number): Promise<void>;
  /** Somebody else comments. */
  say(number: number, text: string): Promise<void>;
  comments(number: number): Promise<readonly ForgeComment[]>;
  /** Every status that was ever set. */
  statuses(
    commit: string,
  ): Promise<readonly { context: string; state: string; description: string; url: string }[]>;
  /** A delivery as the forge would send and sign it. */
  delivery(event: 'change' | 'review' | 'push' | 'tag' | 'ping', body: unknown): ForgeDelivery;
  remove(): Promise<void>;
}

const never = new AbortController().signal;
const limits = { files: 20, bytes: 100_000 };
const refused =
  (code: ErrorCode, words = /./) =>
  (error: unknown): boolean => {
    assert.match((error as Error).message, words);
    return isPlatformError(error, code);
  };

const naughty = [
  'Ω≈ç√∫˜µ≤≥÷ 田中さんにあげて下さい 👩‍👩‍👧',
  `'; DROP TABLE users; -- <script>alert(1)</script> $(touch /tmp/x) \`id\``,
  '../../etc/passwd %00 %2e%2e {{7*7}} ${7*7}',
];

/** What every `Forge` must do. Each driver runs it against itself. */
export const testForgeContract = (name: string, make: () => Promise<ForgeUnderTest>): void => {
  describe(`${name} keeps the contract of forges`, () => {
    let place: ForgeUnderTest;
    before(async () => {
      place = await make();
    });
    after(() => place?.remove());

    let branches = 0;
    const change = async (title = 'Add staging', files: Record<string, string> = { 'a.txt': 'a' }) => {
      branches += 1;
      const branch = `topic-${branches}`;
      const commit = await place.commit(branch, files);
      return { branch, commit, number: await place.propose(branch, title, 'Because.') };
    };
    const find = async (number: number, also: readonly number[] = []) =>
      (await place.open().changes(place.repository, also, never)).find(one => one.number === number);

    test('an open change is listed with head, base and author', async () => {
      const main = await place.commit('main', { 'README.md': 'read me' });
      const { branch, commit, number } = await change('Add staging');
      const found = await find(number);
      assert.ok(found);
      assert.equal(found.state, 'Open');
      assert.equal(found.title, 'Add staging');
      assert.equal(found.description, 'Because.');
      assert.deepEqual(found.head, { branch, commit, fork: false });
      assert.deepEqual(found.base, { branch: 'main', commit: main });
      assert.match(found.author, /^\w+$/);
      assert.match(found.url, new RegExp(`/${number}$`));
      await place.commit('main', { 'README.md': 'moved on' });
      const three = await change('Three files', { 'x/a.txt': 'a\nb\n', 'x/b.txt': 'b\n', 'x/c.txt': 'c\n' });
      assert.deepEqual(
        (await find(three.number))?.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
        [
          { path: 'x/a.txt', added: 2, removed: 0 },
          { path: 'x/b.txt', added: 1, removed: 0 },
          { path: 'x/c.txt', added: 1, removed: 0 },
        ],
      );
      assert.equal((await find(number))?.base.commit, main, 'the base is what both have in common');
    });

    test('titles come back as they are, whatever they hold', async () => {
      const title = naughty.join(' ');
      const { number } = await change(title);
      assert.equal((await find(number))?.title, title);
    });

    test('the last word of each reviewer counts, for the commit that was looked at', async () => {
      const { commit, number, branch } = await change();
      await place.review(number, 'refuse');
      const before = await find(number);
      assert.deepEqual([before?.approvals.length, before?.refusals.length], [0, 1]);
      await place.review(number, 'approve');
      const approved = await find(number);
      assert.deepEqual(
        approved?.approvals.map(one => one.commit),
        [commit],
      );
      assert.deepEqual(approved?.refusals, []);
      assert.ok(Date.parse(approved?.approvals[0]?.at ?? '') > 0);
      await place.commit(branch, { 'b.txt': 'b' });
      assert.deepEqual(
        (await find(number))?.approvals.map(one => one.commit),
        [commit],
      );
    });

    test('what is no longer open is told to those who ask for it', async () => {
      const merged = await change();
      const closed = await change();
      await place.merge(merged.number);
      await place.close(closed.number);
      assert.equal(await find(merged.number), undefined);
      const one = await find(merged.number, [merged.number, closed.number]);
      assert.equal(one?.state, 'Merged');
      assert.match(one?.merged?.commit ?? '', /^[0-9a-f]{40}$/);
      assert.match(one?.merged?.by ?? '', /^\w+$/);
      assert.ok(Date.parse(one?.merged?.at ?? '') > 0);
      assert.equal((await find(closed.number, [closed.number]))?.state, 'Closed');
      assert.equal(await find(99_999, [99_999]), undefined);
    });

    test('text files of a commit are read: one, all below a folder, none', async () => {
      const commit = await place.commit('main', {
        'platform/one.yaml': 'kind: One\n',
        'platform/deep/two.yaml': 'kind: Zwölf\n',
        CODEOWNERS: '* @ada\n',
      });
      const read = async (path: string, within = limits) =>
        (await place.open().read(place.repository, commit, path, within, never))
          .map(({ path: at, text }) => `${at}: ${text}`)
          .toSorted();
      assert.deepEqual(await read('platform'), ['deep/two.yaml: kind: Zwölf\n', 'one.yaml: kind: One\n']);
      assert.deepEqual(await read('platform/deep/two.yaml'), ['two.yaml: kind: Zwölf\n']);
      assert.deepEqual(await read('CODEOWNERS'), ['CODEOWNERS: * @ada\n']);
      for (const path of ['nothing', 'platform/nothing', '../platform', 'platform/one.yaml/more'])
        await assert.rejects(read(path), refused('NotFound'), path);
      await assert.rejects(read('platform', { files: 1, bytes: 1000 }), refused('TooLarge'));
      await assert.rejects(read('platform', { files: 9, bytes: 12 }), refused('TooLarge'));
    });

    test('[FRG4] a status is set once, however often it is said', async () => {
      const { commit } = await change();
      const say = (state: 'pending' | 'success' | 'failure', description: string) =>
        place
          .open()
          .setStatus(
            place.repository,
            commit,
            { context: 'causeway/plan', state, description, url: 'http://127.0.0.1:7070/changes' },
            never,
          );
      await say('pending', 'is being planned');
      await say('pending', 'is being planned');
      await say('success', 'creates 2 objects');
      await say('success', 'creates 2 objects');
      await say('failure', `${'x'.repeat(500)}`);
      await say('failure', `${'x'.repeat(500)}`);
      const seen = await place.statuses(commit);
      assert.deepEqual(seen.map(one => one.state).toSorted(), ['failure', 'pending', 'success']);
      assert.ok(seen.every(one => one.context === 'causeway/plan' && one.url.endsWith('/changes')));
    });

    test('[FRG4] there is one comment, edited in place, found again after a restart', async () => {
      const { number } = await change();
      const say = (text: string, about = 'shop/staging') =>
        place.open().comment(place.repository, number, about, text, never);
      await place.say(number, 'first!');
      await say('**Plan**: creates 2 objects');
      await say('**Plan**: creates 2 objects');
      const [, first] = await place.comments(number);
      assert.match(first?.body ?? '', /creates 2 objects/);
      // Somebody copies it whole, mark included.
      await place.say(number, first?.body ?? '');
      await say(`ready after 4 s ${naughty.join(' ')}`);
      const comments = await place.comments(number);
      assert.equal(comments.length, 3);
      assert.equal(comments[1]?.id, first?.id);
      assert.match(comments[1]?.body ?? '', /ready after 4 s/);
      assert.match(comments[2]?.body ?? '', /creates 2 objects/);
      await say('y'.repeat(200_000));
      assert.equal((await place.comments(number)).length, 3);
      await say('something else', 'shop/testing');
      await say('something else still', 'shop/testing');
      assert.equal((await place.comments(number)).length, 4);
    });

    test('[FRG1] a delivery says where to look', async () => {
      const repository = { full_name: place.repository };
      const receive = async (event: Parameters<ForgeUnderTest['delivery']>[0], body: unknown) =>
        (await place.open().receive(place.delivery(event, body))).event;
      const about = { type: 'change', repository: place.repository, number: 7 };
      const body = { action: 'opened', repository, pull_request: { number: 7 } };
      assert.deepEqual(await receive('change', body), about);
      assert.deepEqual(await receive('review', body), about);
      assert.deepEqual(await receive('push', { repository, ref: 'refs/heads/a/b' }), {
        type: 'push',
        repository: place.repository,
        branch: 'a/b',
      });
      assert.equal((await receive('tag', { repository, ref: 'refs/tags/v1' })).type, 'ignored');
      assert.equal((await receive('ping', { zen: 'Keep it logically awesome.' })).type, 'ignored');
      const { delivery } = await place.open().receive(place.delivery('ping', {}));
      assert.notEqual(delivery, '');
    });

    test('[FRG1] without the right signature nothing is read, whatever it is', async () => {
      const forge = place.open();
      const right = place.delivery('change', {
        repository: { full_name: place.repository },
        pull_request: { number: 7 },
      });
      const signed = Object.entries(right.headers).filter(([, value]) => /[0-9a-f]{64}$/.test(String(value)));
      assert.ok(signed.length > 0);
      const wrong = (change: (signature: string) => string | readonly string[] | undefined) =>
        forge.receive({
          ...right,
          headers: {
            ...right.headers,
            ...Object.fromEntries(signed.map(([header, value]) => [header, change(String(value))])),
          },
        });
      await assert.rejects(
        wrong(() => undefined),
        refused('Unauthenticated'),
      );
      await assert.rejects(
        wrong(() => ''),
        refused('Unauthenticated'),
      );
      await assert.rejects(
        wrong(signature => signature.slice(0, -1)),
        refused('Unauthenticated'),
      );
      await assert.rejects(
        wrong(signature => signature.replace(/[0-9a-f]{4}$/, last => (last === '0000' ? '1111' : '0000'))),
        refused('Unauthenticated'),
      );
      await assert.rejects(
        wrong(signature => [signature, signature]),
        refused('Unauthenticated'),
      );
      const cut = right.body.subarray(0, right.body.length - 1);
      await assert.rejects(forge.receive({ ...right, body: cut }), refused('Unauthenticated'));
      await assert.rejects(forge.receive({ headers: {}, body: right.body }), refused('Unauthenticated'));
      await assert.rejects(
        forge.receive({ headers: {}, body: new Uint8Array() }),
        refused('Unauthenticated'),
      );
    });

    test('[FRG2] what is signed but no delivery is refused in words', async () => {
      const forge = place.open();
      const bytes = (text: string) => place.delivery('change', Buffer.from(text));
      for (const text of ['', '{', 'null', '[]', '{"repository":{}}', '"x"', `${'['.repeat(5000)}`, '\ud800'])
        await assert.rejects(forge.receive(bytes(text)), refused('BadRequest'), text.slice(0, 20));
      await assert.rejects(
        forge.receive(place.delivery('change', Buffer.from([0xff, 0xfe]))),
        refused('BadRequest'),
      );
      const form = place.delivery('change', Buffer.from('payload=%7B%7D'));
      const other = {
        ...form,
        headers: { ...form.headers, 'content-type': 'application/x-www-form-urlencoded' },
      };
      await assert.rejects(forge.receive(other), refused('UnsupportedMediaType', /form-urlencoded/));
    });

    test('[FRG5] what goes wrong is said without the token', async () => {
      const signal = AbortSignal.abort();
      await assert.rejects(place.open().changes(place.repository, [], signal));
      for (const repository of ['', 'shop', 'shop/pay/ments', '../..', 'a b/c', 'shop/%2e%2e', 'shop/x?y'])
        await assert.rejects(place.open().changes(repository, [], never), refused('Invalid'), repository);
      await assert.rejects(place.open().changes('nobody/nothing', [], never), refused('NotFound'));
      await assert.rejects(
        place.open({ tokenFile: '/nowhere/token' }).changes(place.repository, [], never),
        refused('Unavailable', /\/nowhere\/token/),
      );
      assert.ok(place.token.length > 10);
      await place
        .open()
        .changes('nobody/nothing', [], never)
        .catch(error => {
          const said = JSON.stringify([error.message, error.evidence, error.next, error.stack]);
          assert.ok(!said.includes(place.token));
        });
    });
  });
};
