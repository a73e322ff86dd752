import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

describe('health and readiness', () => {
  let api: TestApi;
  let away: string | undefined;
  let full: string | undefined;

  before(async () => {
    api = await startTestApi({
      checks: [
        { name: 'database', run: async () => away },
        { name: 'disk', advisory: true, run: async () => full },
        {
          name: 'broken',
          advisory: true,
          async run() {
            throw new Error('no such file /secret/place');
          },
        },
      ],
    });
  });
  after(() => api.close());

  const ask = async (path: string, token?: string) => {
    const { status, body } = await api.ask(token, 'GET', path);
    return `${status} ${body}`;
  };

  test('one word when all is well; a line a check when asked', async () => {
    for (const path of ['/readyz', '/livez', '/healthz', '/readyz/database'])
      assert.equal(await ask(path), '200 ok');
    assert.equal(
      await ask('/readyz?verbose', api.admin),
      '200 [+]ping ok\n[+]shutdown ok\n[+]database ok\n[+]disk ok\n[!]broken not well: no such file /secret/place\nreadyz check passed\n',
    );
    assert.equal(await ask('/livez?verbose'), '200 [+]ping ok\nlivez check passed\n');
    assert.match(await ask('/readyz/nonsense'), /^404 /);
  });

  test('[ACC1] without a token, and for people who do not run the platform, reasons are withheld', async () => {
    away = 'the database at db.internal does not answer';
    const everybody =
      '503 [+]ping ok\n[+]shutdown ok\n[-]database failed: reason withheld\nreadyz check failed\n';
    assert.equal(await ask('/readyz'), everybody);
    assert.equal(await ask('/readyz', 'wrong'), everybody);
    assert.equal(await ask('/readyz', await createToken(api.store, 'olga')), everybody);
    assert.match(await ask('/readyz?verbose'), /\[!\]broken not well: reason withheld/);
    assert.match(await ask('/readyz', api.admin), /\[-\]database failed: the database at db\.internal/);
    const metrics = await createToken(api.store, 'system:metrics:local');
    assert.match(await ask('/readyz/database', metrics), /^503 .*db\.internal/);
    assert.equal(await ask('/readyz?exclude=database'), '200 ok');
    assert.equal(await ask('/livez'), '200 ok');
    away = undefined;
  });

  test('what only deserves attention keeps nobody away, but is not well when asked itself', async () => {
    full = '3 MiB free';
    assert.equal(await ask('/readyz'), '200 ok');
    assert.match(await ask('/readyz/disk', api.admin), /^503 \[!\]disk not well: 3 MiB free\n/);
    assert.match(await ask('/readyz?verbose'), /\[!\]disk not well: reason withheld/);
    full = undefined;
  });
});
