import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Actor } from '@causeway/engine';
import { type ObjectKey, PlatformError, ServiceKind } from '@causeway/model';
import { startTestApi, type TestApi } from './testing/test-api.ts';

const orders = '/apis/causeway.dev/v1/namespaces/shop/services/orders';

describe('the API as a whole', () => {
  let api: TestApi;
  let notReady: string | undefined;
  const asked: { key: ObjectKey; body?: unknown; actor: Actor }[] = [];
  let ended: Promise<string> = Promise.resolve('');

  before(async () => {
    api = await startTestApi({
      checks: [{ name: 'database', run: async () => notReady }],
      actions: [
        {
          kind: ServiceKind,
          name: 'rollback',
          role: 'developer',
          async handle(key, body, actor) {
            asked.push({ key, body, actor });
            if ((body as { to?: string } | undefined)?.to === 'nowhere')
              throw new PlatformError('ReleaseNotFound', 'there is no release nowhere', {
                evidence: ['orders.1', 'orders.2'],
              });
            return { release: 'orders.1' };
          },
        },
      ],
      streams: [
        {
          kind: ServiceKind,
          name: 'log',
          role: 'viewer',
          async *handle(_key, query, _actor, signal) {
            if (query.get('tail') === 'x') throw new PlatformError('BadRequest', 'tail must be a number');
            if (query.get('tail') === '0') return;
            const { promise, resolve } = Promise.withResolvers<string>();
            ended = promise;
            try {
              yield 'first\n';
              if (query.get('follow') === 'true')
                await new Promise(done => signal.addEventListener('abort', done, { once: true }));
              yield 'last\n';
            } finally {
              resolve('ended');
            }
          },
        },
      ],
      routes: [
        {
          method: 'POST',
          path: '/api/echo',
          role: 'any',
          handle: async ({ body, actor, query }) => ({
            body: await body(),
            user: actor.user,
            q: query.get('q'),
          }),
        },
      ],
      fallback(request, response) {
        if (request.url === '/broken') throw new Error('secret detail');
        response.end(`portal ${request.url}`);
      },
    });
    await api.ask(api.admin, 'POST', path.dirname(orders), { metadata: { name: 'orders' } });
  });
  after(() => api.close());

  test('health is open to all; readiness says what is missing', async () => {
    assert.deepEqual(
      [
        (await api.ask(undefined, 'GET', '/readyz')).status,
        (await api.ask(undefined, 'HEAD', '/livez')).status,
      ],
      [200, 200],
    );
    notReady = 'the database does not answer';
    const answer = await api.ask(undefined, 'GET', '/readyz');
    assert.equal(answer.status, 503);
    assert.match(answer.body, /\[-\]database failed/);
    assert.equal((await api.ask(undefined, 'GET', '/livez')).status, 200);
    notReady = undefined;
  });

  test('HTTPS is served on the same port with the certificate of the keys folder', async () => {
    const ca = await readFile(path.join(api.keysFolder, 'ca.crt'));
    const status = await new Promise((resolve, reject) => {
      https
        .get({ host: '127.0.0.1', port: api.port, path: '/version', ca, agent: false }, response =>
          resolve(response.resume().statusCode),
        )
        .on('error', reject);
    });
    assert.equal(status, 200);
  });

  test('actions get key, body and actor, and answer with JSON or their error', async () => {
    const answer = await api.ask(api.admin, 'POST', `${orders}/rollback`, { to: 'orders.1' });
    assert.deepEqual([answer.status, answer.body], [200, { release: 'orders.1' }]);
    assert.deepEqual(asked.at(-1)?.key, { namespace: 'shop', name: 'orders' });
    assert.equal(asked.at(-1)?.actor.user, 'ada');
    assert.match(asked.at(-1)?.actor.from ?? '', /127\.0\.0\.1/);
    assert.equal((await api.ask(api.admin, 'POST', `${orders}/rollback`)).status, 200);
    assert.equal(asked.at(-1)?.body, undefined);
    const failed = await api.ask(api.admin, 'POST', `${orders}/rollback`, { to: 'nowhere' });
    assert.equal(failed.status, 404);
    assert.deepEqual(
      failed.body.details.causes.map((cause: { message: string }) => cause.message).slice(0, 3),
      ['ReleaseNotFound', 'orders.1', 'orders.2'],
    );
    assert.equal((await api.ask(api.admin, 'GET', `${orders}/rollback`)).status, 405);
    assert.equal((await api.ask(api.admin, 'POST', `${path.dirname(orders)}/missing/rollback`)).status, 404);
  });

  test('streams send text as it comes, errors before it as errors, and end with their client', async () => {
    const whole = await api.ask(api.admin, 'GET', `${orders}/log`);
    assert.equal(whole.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(whole.body, 'first\nlast\n');
    assert.equal((await api.ask(api.admin, 'GET', `${orders}/log?tail=0`)).body, '');
    assert.equal((await api.ask(api.admin, 'GET', `${orders}/log?tail=x`)).status, 400);
    const controller = new AbortController();
    const following = await fetch(`${api.url}${orders}/log?follow=true`, {
      headers: { authorization: `Bearer ${api.admin}` },
      signal: controller.signal,
    });
    const reader = following.body!.getReader();
    assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'first\n');
    controller.abort();
    assert.equal(await ended, 'ended');
  });

  test('plain routes get body, query and actor', async () => {
    const answer = await api.ask(api.admin, 'POST', '/api/echo?q=1', { a: 1 });
    assert.deepEqual(answer.body, { body: { a: 1 }, user: 'ada', q: '1' });
  });

  test('everything else goes to the fallback, whose errors show no details', async () => {
    assert.equal(
      (await api.ask(undefined, 'GET', '/shop/orders.git/info/refs')).body,
      'portal /shop/orders.git/info/refs',
    );
    const broken = await api.ask(undefined, 'GET', '/broken');
    assert.equal(broken.status, 500);
    assert.equal(broken.headers.get('content-type'), 'application/problem+json');
    assert.doesNotMatch(JSON.stringify(broken.body), /secret/);
    assert.ok(api.logged.some(line => line.includes('secret detail')));
  });

  test('questions about oneself are answered in JSON, too', async () => {
    const ask = (plural: string, spec: object) =>
      api.ask(api.admin, 'POST', `/apis/authorization.k8s.io/v1/${plural}`, { spec });
    const verdict = async (attributes: object) =>
      (await ask('selfsubjectaccessreviews', { resourceAttributes: attributes })).body.status;
    assert.equal(
      (await verdict({ group: 'causeway.dev', resource: 'services', verb: 'create', namespace: 'shop' }))
        .allowed,
      true,
    );
    assert.equal(
      (
        await verdict({
          group: 'causeway.dev',
          resource: 'services',
          subresource: 'rollback',
          verb: 'create',
          namespace: 'shop',
        })
      ).allowed,
      true,
    );
    assert.equal(
      (
        await verdict({
          group: 'causeway.dev',
          resource: 'services',
          subresource: 'status',
          verb: 'patch',
          namespace: 'shop',
        })
      ).allowed,
      false,
    );
    assert.equal((await verdict({ group: 'apps', resource: 'deployments', verb: 'get' })).allowed, false);
    assert.equal((await verdict({ resource: 'constructor', verb: '__proto__x' })).allowed, false);
    const path = { nonResourceAttributes: { path: '/version', verb: 'get' } };
    assert.equal((await ask('selfsubjectaccessreviews', path)).body.status.allowed, true);
    assert.equal((await ask('selfsubjectaccessreviews', {})).body.status.allowed, false);
    const rules = (await ask('selfsubjectrulesreviews', { namespace: 'shop' })).body.status;
    assert.ok(
      rules.resourceRules.some((rule: { resources: string[] }) =>
        rule.resources.includes('services/rollback'),
      ),
    );
    const protobuf = await api.ask(
      api.admin,
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      'k8s\0garbage',
      { 'content-type': 'application/vnd.kubernetes.protobuf' },
    );
    assert.equal(protobuf.status, 400);
    assert.equal(
      (await api.ask(api.admin, 'GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).status,
      405,
    );
  });
});
