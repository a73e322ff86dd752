import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  isPlatformError,
  kinds,
  NamespaceKind,
  type PlatformError,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { type Engine, type ListOptions, openDatabase, openEngine } from '../index.ts';
import { Connection } from '../sql/connection.ts';
import { encodeContinue } from './continue-token.ts';

const alice = { user: 'alice', from: 'test' };
const count = 25;

describe('lists at one version', () => {
  let engine: Engine;
  let open: () => Promise<Engine>;
  let close: () => Promise<void>;
  let age: () => Promise<unknown>;
  before(async () => {
    const database = await testDatabase();
    const sql = new Connection(database.connectionString, 'test');
    age = () => sql.query("UPDATE history SET at = at - interval '1 hour'");
    open = () => openEngine({ database: openDatabase(database.connectionString), kinds, log: console.error });
    engine = await open();
    close = async () => {
      await sql.close();
      await database.close();
    };
    for (const name of ['shop', 'shop-2'])
      await engine.store.create(NamespaceKind, { metadata: { name } }, alice);
    await Promise.all(
      Array.from({ length: count }, (_, index) => create(`s${String(index).padStart(2, '0')}`)),
    );
    await create('other', 'shop-2');
  });
  after(async () => {
    await engine.close();
    await close();
  });

  const create = (name: string, namespace = 'shop') =>
    engine.store.create(
      ServiceKind,
      { metadata: { name, namespace, labels: { odd: String(Number(name.slice(1)) % 2) } } },
      alice,
    );
  const describeAs = (name: string, description: string) =>
    engine.store.mutate(
      ServiceKind,
      { namespace: 'shop', name },
      one => ({ ...one, spec: { ...one.spec, description } }),
      alice,
    );
  const remove = (name: string) => engine.store.delete(ServiceKind, { namespace: 'shop', name }, alice);
  const versions = (items: readonly { metadata: { name: string; resourceVersion: string } }[]) =>
    items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);

  /** Reads page by page; `between` happens after each. */
  const readPages = async (
    from: Engine,
    options: ListOptions,
    between: (page: number) => Promise<unknown> = async () => {},
  ) => {
    const pages = [await from.store.list(ServiceKind, options)];
    const { resourceVersion: _, resourceVersionMatch: __, ...rest } = options;
    for (let page = pages[0]; page?.continue; page = pages.at(-1)) {
      await between(pages.length);
      pages.push(await from.store.list(ServiceKind, { ...rest, continue: page.continue }));
    }
    return pages;
  };

  test('[PAST1] every page shows the revision of the first, whatever comes, changes and goes meanwhile', async () => {
    const whole = await engine.store.list(ServiceKind, { namespace: 'shop' });
    assert.equal(whole.items.length, count);
    const pages = await readPages(engine, { namespace: 'shop', limit: 4 }, async page => {
      await create(`s${String(page).padStart(2, '0')}a`);
      await create(`z${page}`);
      await describeAs('s24', `page ${page}`);
      await remove(`s${String(count - 2 - page)}`);
    });
    assert.deepEqual(
      pages.flatMap(page => versions(page.items)),
      versions(whole.items),
    );
    assert.deepEqual(new Set(pages.map(page => page.resourceVersion)), new Set([whole.resourceVersion]));
    assert.deepEqual(
      pages.map(page => page.remainingItemCount),
      [21, 17, 13, 9, 5, 1, undefined],
    );
    const now = await engine.store.list(ServiceKind, { namespace: 'shop' });
    assert.notDeepEqual(versions(now.items), versions(whole.items));
    const exact = { resourceVersion: whole.resourceVersion, resourceVersionMatch: 'Exact' } as const;
    assert.deepEqual(
      versions((await engine.store.list(ServiceKind, { namespace: 'shop', ...exact })).items),
      versions(whole.items),
    );
    assert.deepEqual(
      (
        await readPages(engine, { namespace: 'shop', limit: 3, resourceVersion: whole.resourceVersion })
      ).flatMap(page => versions(page.items)),
      versions(whole.items),
    );
  });

  test('[PAST1] with a selector each page is full, and how many remain is not said', async () => {
    const options = { labelSelector: 'odd=1', limit: 2 };
    const whole = await engine.store.list(ServiceKind, { labelSelector: 'odd=1' });
    const pages = await readPages(engine, options);
    assert.deepEqual(
      pages.flatMap(page => versions(page.items)),
      versions(whole.items),
    );
    assert.ok(pages.slice(0, -1).every(page => page.items.length === 2));
    assert.ok(pages.every(page => page.remainingItemCount === undefined));
  });

  test('[PAST1] a list goes on after a restart, at its version; once that is compacted it can only go on at the newest', async () => {
    const first = await engine.store.list(ServiceKind, { namespace: 'shop', limit: 5 });
    const whole = await engine.store.list(ServiceKind, { namespace: 'shop' });
    await describeAs('s24', 'before the restart');
    await remove('s23');
    await create('s23');
    await create('zz');
    const second = await open();
    try {
      await second.store.create(ServiceKind, { metadata: { name: 's09b', namespace: 'shop' } }, alice);
      const next = { namespace: 'shop', continue: first.continue ?? '' };
      const rest = await second.store.list(ServiceKind, next);
      assert.deepEqual(versions([...first.items, ...rest.items]), versions(whole.items));

      await age();
      const floor = await second.compact();
      assert.ok(floor > Number(first.resourceVersion));
      const third = await open();
      try {
        const error = await third.store.list(ServiceKind, next).then(
          () => undefined,
          (error: PlatformError) => error,
        );
        assert.ok(isPlatformError(error, 'Expired'), String(error));
        assert.match(error.message, /^The provided continue parameter is too old/);
        const newest = await third.store.list(ServiceKind, { ...next, continue: error.continue ?? '' });
        assert.ok(newest.items.some(one => one.metadata.name === 'zz'));
        assert.ok(newest.items.every(one => one.metadata.name > (first.items.at(-1)?.metadata.name ?? '')));
        await assert.rejects(
          third.store.list(ServiceKind, {
            resourceVersion: first.resourceVersion,
            resourceVersionMatch: 'Exact',
          }),
          {
            code: 'Expired',
            message: 'The resourceVersion for the provided list is too old.',
          },
        );
      } finally {
        await third.close();
      }
    } finally {
      await second.close();
    }
  });

  test('[PAST1] compaction keeps what later changes replaced: an old object changed once is listed as it was', async () => {
    await engine.store.create(TeamKind, { metadata: { name: 'aged' } }, alice);
    await age();
    await engine.compact();
    const { resourceVersion } = await engine.store.list(TeamKind);
    await engine.store.mutate(
      TeamKind,
      { namespace: '', name: 'aged' },
      team => ({ ...team, spec: { ...team.spec, displayName: 'New' } }),
      alice,
    );
    const second = await open();
    try {
      const then = await second.store.list(TeamKind, { resourceVersion, resourceVersionMatch: 'Exact' });
      assert.deepEqual(
        then.items.map(team => team.spec.displayName),
        [undefined],
      );
      assert.equal(then.resourceVersion, resourceVersion);
    } finally {
      await second.close();
    }
  });

  test('a version that does not exist yet is waited for, then refused; one that another server made is shown', async () => {
    const second = await open();
    try {
      const { metadata } = await create('waited');
      const { resourceVersion } = metadata;
      const found = await second.store.list(ServiceKind, { resourceVersion });
      assert.ok(found.items.some(one => one.metadata.name === 'waited'));
      const future = second.store.list(ServiceKind, { resourceVersion: String(Number(resourceVersion) + 1) });
      await create('coming');
      assert.ok((await future).items.some(one => one.metadata.name === 'coming'));
      await assert.rejects(second.store.list(ServiceKind, { resourceVersion: '999999999' }), error => {
        assert.ok(isPlatformError(error, 'Timeout'));
        assert.match(error.message, /^Timeout: Too large resource version: 999999999, current: \d+$/);
        assert.equal(error.retryAfterSeconds, 1);
        assert.equal(error.causes[0]?.reason, 'ResourceVersionTooLarge');
        return true;
      });
    } finally {
      await second.close();
    }
  });

  test('a continue token that no list gave out is refused, in the words of the kube-apiserver', async () => {
    const refused = async (token: string, why: RegExp) =>
      assert.rejects(
        engine.store.list(ServiceKind, { continue: token }),
        error => isPlatformError(error, 'BadRequest') && why.test(error.message),
        token,
      );
    const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const v = 'meta.k8s.io/v1';
    const prefix = '^invalid continue token: continue key is not valid: ';
    await refused('nonsense', new RegExp(prefix));
    await refused('%%%', new RegExp(prefix));
    await refused(token(7), new RegExp(prefix));
    await refused(
      token({ v: 'meta.k8s.io/v2', rv: 5, start: 'a' }),
      /does not recognize this encoded version/,
    );
    await refused(token({ v, rv: 0, start: 'a' }), /incorrect encoded start resourceVersion/);
    await refused(token({ v, rv: 'x', start: 'a' }), /incorrect encoded start resourceVersion/);
    await refused(token({ v, rv: 5, start: '' }), /encoded start key empty/);
    await refused(
      token({ v, rv: 5, start: '../../secrets' }),
      /continue key is not valid: \.\.\/\.\.\/secrets/,
    );
    const good = encodeContinue({ start: 'shop/s\0', revision: 1 });
    await assert.rejects(engine.store.list(ServiceKind, { continue: good, resourceVersion: '5' }), {
      code: 'BadRequest',
      message: 'specifying resource version is not allowed when using continue',
    });
  });
});
