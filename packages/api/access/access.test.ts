import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { type Clock, systemClock } from '@causeway/engine';
import { AccessTokenKind, isPlatformError, ServiceKind, TeamKind } from '@causeway/model';
import { createToken, server, startTestApi, type TestApi } from '../testing/test-api.ts';
import { type Access, createAccess } from './access.ts';

describe('access', () => {
  let api: TestApi;
  let access: Access;
  let time = Date.parse('2026-01-01T00:00:00Z');
  const clock: Clock = { ...systemClock, now: () => time };
  before(async () => {
    api = await startTestApi();
    access = createAccess({ store: api.store, clock });
  });
  after(() => api.close());

  const refused = (header: string | undefined, words: RegExp) =>
    assert.rejects(
      access.authenticate(header),
      error => isPlatformError(error, 'Unauthenticated') && words.test(error.message),
    );

  test('a token signs in as bearer and as password, right after it was made', async () => {
    for (let round = 0; round < 5; round++) {
      const token = await createToken(api.store, `user${round}`);
      const { actor } = await access.authenticate(`Bearer ${token}`, '127.0.0.1');
      assert.deepEqual(actor, { user: `user${round}`, from: '127.0.0.1' });
      const basic = Buffer.from(`git:${token}`).toString('base64');
      assert.equal((await access.authenticate(`basic ${basic}`)).actor.user, `user${round}`);
    }
  });

  test('everything else does not', async () => {
    await refused(undefined, /no token/);
    await refused('', /no token/);
    await refused('Bearer', /neither/);
    await refused('Digest abc', /neither/);
    await refused(`Basic ${Buffer.from('nocolon').toString('base64')}`, /neither/);
    await refused('Bearer unknown', /not known/);
    const token = await createToken(api.store, 'carl');
    await refused(`Bearer ${token}x`, /not known/);
    await refused(`Bearer ${api.store.peekAll(AccessTokenKind)[0]?.spec.sha256}`, /not known/);
  });

  test('many wrong tokens at once cost a look or two, not one each', async () => {
    const { list } = api.store;
    let looks = 0;
    api.store.list = ((...parameters: Parameters<typeof list>) => {
      looks += 1;
      return list(...parameters);
    }) as typeof list;
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => refused(`Bearer wrong${index}`, /not known/)),
    );
    api.store.list = list;
    assert.ok(looks <= 2, `${looks} looks`);
  });

  test('tokens end in time, and at once when they are deleted', async () => {
    const token = await createToken(api.store, 'eve', '2026-01-02T00:00:00Z');
    const session = await access.authenticate(`Bearer ${token}`);
    assert.ok(session.valid());
    time = Date.parse('2026-01-02T00:00:00Z');
    assert.ok(!session.valid());
    await refused(`Bearer ${token}`, /ended at/);

    const other = await createToken(api.store, 'frank');
    const open = await access.authenticate(`Bearer ${other}`);
    const object = api.store.peekAll(AccessTokenKind, undefined, one => one.spec.user === 'frank')[0];
    await api.store.delete(AccessTokenKind, { namespace: '', name: object?.metadata.name ?? '' }, server);
    assert.ok(!open.valid());
    await refused(`Bearer ${other}`, /revoked/);
  });

  test('a connection that is kept is whoever it says each time, for as long as that holds', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let connections = 0;
    const whoAmI = (token: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const request = http.request(
          `${api.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`,
          {
            method: 'POST',
            agent,
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          },
          async response => {
            const { status } = JSON.parse(await text(response));
            resolve(response.statusCode === 401 ? 'nobody' : status.userInfo.username);
          },
        );
        request.on('error', reject).on('socket', () => {
          if (!request.reusedSocket) connections += 1;
        });
        request.end('{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}');
      });
    const [first, second] = [await createToken(api.store, 'hal'), await createToken(api.store, 'ida')];
    for (const [token, user] of [
      [first, 'hal'],
      [first, 'hal'],
      [second, 'ida'],
      ['guessed', 'nobody'],
      [first, 'hal'],
    ] as const)
      assert.equal(await whoAmI(token), user);
    const { metadata } = api.store.peekAll(AccessTokenKind, undefined, one => one.spec.user === 'hal')[0]!;
    await api.store.delete(AccessTokenKind, { namespace: '', name: metadata.name }, server);
    assert.equal(await whoAmI(first), 'nobody');
    assert.equal(connections, 1);
    agent.destroy();
  });

  test('roles follow the team at once, and refusals say what would be needed', async () => {
    const attempt = { verb: 'delete', kind: ServiceKind, namespace: 'shop', name: 'orders' } as const;
    assert.throws(
      () => access.authorize('gus', attempt),
      error =>
        isPlatformError(error, 'Forbidden') &&
        error.message ===
          'services.causeway.dev "orders" is forbidden: User "gus" cannot delete resource "services" in API group "causeway.dev" in the namespace "shop": it needs the role developer in the team shop',
    );
    await api.store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      team => ({
        ...team,
        spec: { ...team.spec, members: [...team.spec.members, { user: 'gus', role: 'developer' }] },
      }),
      server,
    );
    access.authorize('gus', attempt);
    assert.equal(access.roleIn('gus', 'shop'), 'developer');
    assert.equal(access.roleIn('gus', 'books'), undefined);
    access.requireRole('gus', 'viewer', 'shop', 'read');
    assert.throws(
      () => access.requireRole('gus', 'owner', 'shop', 'rename the team'),
      /cannot rename the team: it needs the role owner in the team shop/,
    );
  });

  test('a process of the platform has no role in a team, even when its members name it', async () => {
    await api.store.mutate(
      TeamKind,
      { namespace: '', name: 'books' },
      team => ({ ...team, spec: { ...team.spec, members: [{ user: 'system:agent:x', role: 'owner' }] } }),
      server,
    );
    assert.ok(
      !access.decide('system:agent:x', { verb: 'delete', kind: ServiceKind, namespace: 'books', name: 'a' })
        .allowed,
    );
    assert.equal(access.roleIn('system:agent:x', 'books'), undefined);
    assert.equal(access.roleIn('system:server', 'books'), 'owner');
  });

  test('requests for other host names and of foreign pages are refused', async () => {
    const nameless = net.connect(api.port, '127.0.0.1').end('GET /apis HTTP/1.0\r\n\r\n');
    assert.match(await text(nameless), /^HTTP\/1\.1 403 /);
    const ask = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        http
          .get(
            {
              host: '127.0.0.1',
              port: api.port,
              path: '/apis',
              headers: { authorization: `Bearer ${api.admin}`, ...headers },
            },
            response => {
              response.resume();
              resolve(response.statusCode);
            },
          )
          .on('error', reject);
      });
    for (const host of [
      '127.0.0.1',
      `127.0.0.1:${api.port}`,
      'localhost:7070',
      '[::1]:7070',
      'LOCALHOST',
      'portal.localhost',
    ])
      assert.equal(await ask({ host }), 200, host);
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'xlocalhost',
      '192.0.2.1',
    ])
      assert.equal(await ask({ host }), 403, host);
    assert.equal(await ask({ host: 'localhost:7070', origin: 'http://localhost:7070' }), 200);
    for (const origin of [
      'http://evil.example',
      'http://orders.shop.localhost:7080',
      'http://localhost:7080',
      'null',
    ])
      assert.equal(await ask({ host: 'localhost:7070', origin }), 403, origin);
  });
});
