import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { SavedRoutes } from './saved-routes.ts';

const start = (context: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-saved-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'gateway', 'routes.json');
  const errors: string[] = [];
  const options = { path, debounceMs: 20, onError: (error: Error) => errors.push(error.message) };
  return { path, errors, saved: new SavedRoutes(options), again: () => new SavedRoutes(options) };
};

const route = makeRoute({ backends: [{ address: '127.0.0.1:4000' }], status: { gateways: [] } });

test('nothing is known before anything was saved', context => {
  const { saved, errors } = start(context);
  assert.equal(saved.load(), undefined);
  assert.deepEqual(errors, []);
});

test('changes within a moment are written together, completely, readable only by their owner', async context => {
  const { saved, again, path } = start(context);
  let asked = 0;
  for (let i = 0; i < 10; i++)
    saved.save(() => {
      asked += 1;
      return [route];
    });
  await until('it is written', () => again().load()?.length === 1);
  assert.equal(asked, 1);
  assert.deepEqual(again().load()![0]!.spec, route.spec);
  assert.doesNotMatch(readFileSync(path, 'utf8'), /"status"/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dirname(path)), ['routes.json']);
});

test('flushing writes what is still to be written, and a write under way does not undo it', async context => {
  const { saved, again, path } = start(context);
  saved.save(() => []);
  const folder = dirname(path);
  await until('a write is under way or done', () => readdirSync(folder).length > 0);
  saved.save(() => [route]);
  saved.flush();
  assert.equal(again().load()?.length, 1);
  await until('nothing is left beside', () => readdirSync(folder).join() === 'routes.json');
  assert.equal(again().load()?.length, 1);
});

test('a damaged file is reported and taken for none', context => {
  const { saved, path, errors } = start(context);
  writeFileSync(path, '{"format":1,"routes":[');
  assert.equal(saved.load(), undefined);
  assert.equal(errors.length, 1);
  for (const text of ['null', '[]', '{"format":2,"routes":[]}', '{"format":1,"routes":{}}']) {
    writeFileSync(path, text);
    assert.equal(saved.load(), undefined, text);
  }
});

test('entries that make no sense do not take the others away', context => {
  const { saved, path } = start(context);
  const bad = [null, 1, {}, { ...route, spec: { hostnames: 'x' } }, { ...route, metadata: { name: 1 } }];
  writeFileSync(path, JSON.stringify({ format: 1, routes: [...bad, route] }));
  assert.deepEqual(
    saved.load()?.map(({ metadata }) => metadata.name),
    ['shop.production'],
  );
});
