import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, type PlatformError } from '@causeway/model';
import { BlobCache } from '../forge-http/blob-cache.ts';
import { githubUnderTest } from './testing/github-under-test.ts';

const never = new AbortController().signal;

describe('a forge that does not answer as it should', () => {
  let place: Awaited<ReturnType<typeof githubUnderTest>>;
  before(async () => {
    place = await githubUnderTest();
  });
  after(() => place.remove());

  const failure = async (patienceMs?: number): Promise<PlatformError> => {
    const options = patienceMs === undefined ? {} : { patienceMs };
    try {
      await place.open(options).changes(place.repository, [], never);
    } catch (error) {
      assert.ok(isPlatformError(error));
      assert.ok(!JSON.stringify([error.message, error.evidence, error.next]).includes(place.token));
      return error;
    } finally {
      place.github.play(undefined);
    }
    return assert.fail('it succeeded');
  };
  const answered = (status: number, headers: Record<string, string> = {}, body = '{"message":"no"}') => {
    place.github.play(() => ({ status, headers, body }));
    return failure();
  };

  test('[FRG5] it is left alone for as long as it asks', async () => {
    const soon = String(Math.round(Date.now() / 1000) + 100);
    for (const [status, headers, least, most] of [
      [429, { 'retry-after': '30' }, 30, 30],
      [403, { 'retry-after': '7' }, 7, 7],
      [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': soon }, 50, 101],
      [429, {}, 60, 60],
      [429, { 'retry-after': '99999999' }, 3600, 3600],
      [429, { 'retry-after': 'soon' }, 60, 60],
    ] as const) {
      const error = await answered(status, headers);
      assert.equal(error.code, 'TooManyRequests');
      const seconds = error.retryAfterSeconds ?? 0;
      assert.ok(seconds >= least && seconds <= most, `${status} ${JSON.stringify(headers)}: ${seconds}`);
    }
    const down = await answered(503, { 'retry-after': '9' });
    assert.deepEqual([down.code, down.retryAfterSeconds], ['Unavailable', 9]);
  });

  test('[FRG5] what it answers wrongly is said, with what it said', async () => {
    assert.equal((await answered(500)).code, 'Unavailable');
    const denied = await answered(403);
    assert.deepEqual([denied.code, denied.evidence], ['Forbidden', ['no']]);
    assert.equal((await answered(401)).code, 'Forbidden');
    for (const body of ['', '<html>', '{}', '[{}]', '[1]', `${'['.repeat(5000)}`]) {
      const error = await answered(200, {}, body);
      assert.equal(error.code, 'Unavailable', body.slice(0, 20));
      assert.match(error.next, /url in the configuration/);
    }
    assert.equal((await answered(200, {}, 'x'.repeat(17 * 1024 * 1024))).code, 'TooLarge');
  });

  test('a list that never ends is given up', async () => {
    place.github.play(() => ({
      status: 200,
      headers: { link: '<http://127.0.0.1/?page=2>; rel="next"' },
      body: '[]',
    }));
    assert.equal((await failure()).code, 'TooLarge');
  });

  test('one that is not there, or silent', async () => {
    const error = await place
      .open()
      .changes(place.repository, [], AbortSignal.timeout(1))
      .catch(found => found);
    assert.ok(error instanceof Error);
  });

  test('what has not changed is not sent again', async () => {
    await place.commit('topic', { a: 'a' });
    await place.propose('topic', 'Topic', '');
    const forge = place.open();
    const first = await forge.changes(place.repository, [], never);
    assert.deepEqual(await forge.changes(place.repository, [], never), first);
    assert.equal(first.length, 1);
    assert.ok(place.github.unchanged >= 1);
  });

  test('files that are known are not read again, as far as they fit', async () => {
    const cache = new BlobCache(800);
    let fetched = 0;
    const ask = (id: string, bytes = 100) =>
      cache.get(id, async () => {
        fetched += 1;
        return Buffer.alloc(bytes);
      });
    for (let index = 0; index < 8; index++) await ask(`${index}`);
    for (let index = 0; index < 8; index++) await ask(`${index}`);
    assert.equal(fetched, 8);
    await ask('one more');
    await ask('0');
    assert.equal(fetched, 10, 'the oldest had to go');
    await ask('large', 101);
    await ask('large', 101);
    assert.equal(fetched, 12, 'what is too large is not kept');
  });

  test('a folder of many files is read whole, in its order', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`many/${String(index).padStart(3, '0')}.txt`, `${index}\n`]),
    );
    const commit = await place.commit('many', files);
    const limits = { files: 100, bytes: 10_000 };
    const forge = place.open();
    const read = () => forge.read(place.repository, commit, 'many', limits, never);
    const texts = await read();
    assert.deepEqual(
      texts.map(({ text }) => text),
      Object.values(files),
    );
    place.github.play(path => (path.includes('/git/blobs/') ? { status: 500 } : undefined));
    assert.deepEqual(await read(), texts, 'nothing of it is fetched again');
    place.github.play(undefined);
  });

  test('[FRG3] a review of somebody who may not write counts for nothing', async () => {
    await place.commit('visited', { b: 'b' });
    const number = await place.propose('visited', 'Visited', '');
    await place.github.review(number, 'APPROVED', 'NONE');
    await place.github.review(number, 'APPROVED', 'CONTRIBUTOR');
    const find = async () =>
      (await place.open().changes(place.repository, [], never)).find(one => one.number === number);
    assert.deepEqual((await find())?.approvals, []);
    await place.github.review(number, 'APPROVED', 'MEMBER');
    assert.equal((await find())?.approvals.length, 1);
    await place.github.review(number, 'COMMENTED', 'MEMBER');
    assert.equal((await find())?.approvals.length, 1, 'a comment takes nothing back');
    await place.github.review(number, 'DISMISSED', 'MEMBER');
    assert.deepEqual((await find())?.approvals, []);
  });
});
