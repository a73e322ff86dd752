import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, type Platform as Sdk } from '@causeway/client';
import { isPlatformError } from '@causeway/model';
import { bareServer, type Platform, startPlatform } from './harness.ts';

describe('the TypeScript SDK', () => {
  let running: Platform;
  let platform: Sdk;
  before(async () => {
    running = await startPlatform();
    platform = await connect({ home: running.data, env: {} });
  });
  after(async () => {
    await platform?.close();
    await running?.down();
  });

  test('createService resolves to a service that runs', async () => {
    const service = await platform.createService({ name: 'orders' });
    assert.equal(service.status, 'running');
    assert.equal(service.url, `http://orders.localhost:${running.port + 10}`);
    assert.equal(service.release, 'orders.1');
    const answer = await service.fetch('/');
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { service: string }).service, 'orders');
  });

  test('a name that is taken throws AlreadyExists, and says what to do', async () => {
    await assert.rejects(
      platform.createService({ name: 'orders' }),
      error => isPlatformError(error, 'AlreadyExists') && error.next !== '' && /orders/.test(error.message),
    );
  });

  test('variables, deploy and rollback', async () => {
    const changed = await platform.changeVariables('orders', { set: [{ name: 'GREETING', value: 'hello' }] });
    assert.equal(changed.status, 'running');
    assert.deepEqual(changed.object.spec.variables, [{ name: 'GREETING', value: 'hello' }]);

    const deployed = await platform.deploy('orders');
    assert.equal(deployed.release, 'orders.2');
    const back = await platform.rollback('orders');
    assert.equal(back.release, 'orders.1');
    assert.equal((await platform.rollback('orders', { to: '2' })).release, 'orders.2');
    await assert.rejects(platform.rollback('orders', { to: '99' }), error => isPlatformError(error));
    assert.equal((await platform.service('orders')).status, 'running');
  });

  test('a service without a release, and one that does not exist', async () => {
    const empty = await platform.createService({ name: 'later', template: 'empty' });
    assert.equal(empty.status, 'pending');
    assert.ok(empty.cloneUrl);
    const clone = await running.clone('later', {});
    assert.equal((await running.push(clone, bareServer('now'))).code, 0);
    assert.equal(await (await (await platform.service('later')).fetch('/')).text(), 'now');
    await assert.rejects(platform.service('nobody'), error => isPlatformError(error, 'NotFound'));
  });
});
