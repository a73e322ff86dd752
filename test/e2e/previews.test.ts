import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, startPlatform, until } from './harness.ts';

describe('a change has an environment of its own', () => {
  let platform: Platform;
  let clone: string;
  before(async () => {
    platform = await startPlatform();
    const file = join(platform.folder, 'service.json');
    const spec = { template: 'empty', previews: {} };
    await writeFile(
      file,
      JSON.stringify({ apiVersion: 'causeway.dev/v1', kind: 'Service', metadata: { name: 'cart' }, spec }),
    );
    const { code, stderr } = await platform.cli('apply', '-f', file);
    assert.equal(code, 0, stderr);
    await until('the repository', async () => (await platform.status('cart')).cloneUrl);
    clone = await platform.clone('cart', {});
    const pushed = await platform.push(clone, bareServer('released'));
    assert.equal(pushed.code, 0, pushed.stderr);
  });
  after(() => platform?.down());

  const describeChange = async () => {
    const { stdout, code, stderr } = await platform.cli('get', 'changerequest', 'cart.1', '-o', 'json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as {
      status?: { environments?: { name: string; state: string; url?: string }[] };
    };
  };
  const answers = (text: string) =>
    until(`the preview to answer ${text}`, async () => {
      const { status, body } = await platform.visit('cart.cart-cr-1.default.localhost');
      return status === 200 && body === text;
    });
  const pushChange = async (text: string, ...options: readonly string[]) => {
    await writeFile(join(clone, 'server.js'), bareServer(text)['server.js'] ?? '');
    await platform.git(clone, 'commit', '-q', '-am', text);
    const pushed = await platform.git(clone, 'push', ...options, 'origin', 'louder');
    assert.equal(pushed.code, 0, pushed.stderr);
  };

  test('[ENV30] it answers at the address on the change request, follows pushes, and goes with the merge', async () => {
    await platform.git(clone, 'checkout', '-q', '-b', 'louder');
    await pushChange('changed', '-o', 'change');
    await answers('changed');
    assert.equal((await platform.visit('cart.localhost')).body, 'released');
    const [shown] = await until('its address', async () => {
      const { environments } = (await describeChange()).status ?? {};
      return environments?.[0]?.url === undefined ? undefined : environments;
    });
    assert.match(shown?.url ?? '', /^http:\/\/cart\.cart-cr-1\.default\.localhost/);
    await pushChange('changed again');
    await answers('changed again');
    const merged = await platform.cli('change', 'merge', 'cart.1');
    assert.equal(merged.code, 0, merged.stderr);
    await until(
      'the merge to serve',
      async () => (await platform.visit('cart.localhost')).body === 'changed again',
    );
    await until(
      'the preview to go',
      async () => !(await platform.cli('get', 'environments', '-o', 'name')).stdout.includes('cart-cr-1'),
    );
    assert.equal((await platform.visit('cart.cart-cr-1.default.localhost')).status, 404);
    assert.match((await describeChange()).status?.environments?.[0]?.state ?? '', /gone/);
  });
});
