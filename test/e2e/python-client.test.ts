import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { realPytest } from '@causeway/testkit';
import { type Ran, root, run, startPlatform } from './harness.ts';

const pytest = realPytest();
const client = join(root, 'clients', 'python');

const runPytest = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => {
  const options = ['-q', '-p', 'no:cacheprovider', '-p', 'causeway.pytest_plugin'];
  const PYTHONPATH = [client, dirname(dirname(pytest.path))].join(delimiter);
  return run(pytest.path, [...options, ...args], {
    cwd: client,
    env: { ...env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' },
  });
};

describe('the Python client', { skip: pytest.skip }, () => {
  test('its own tests pass', async () => {
    const { code, stdout, stderr } = await runPytest(['tests']);
    assert.equal(code, 0, stdout + stderr);
  });

  test('a test file creates a service that runs, and leaves nothing', async () => {
    const platform = await startPlatform();
    try {
      const file = join(platform.folder, 'test_orders.py');
      await writeFile(
        file,
        [
          'def test_orders(platform_client):',
          '    service = platform_client.create_service(name="orders")',
          '    assert service.status == "running"',
          '    assert service.fetch("/").status == 200',
          '',
          'def test_taken(platform_client):',
          '    import causeway, pytest',
          '    with pytest.raises(causeway.AlreadyExists) as caught:',
          '        platform_client.create_service(name="orders")',
          '    assert caught.value.next',
          '',
        ].join('\n'),
      );
      const { code, stdout, stderr } = await runPytest([file], platform.env);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /2 passed/);
      const left = await platform.cli('get', 'services', '-o', 'json');
      const items = JSON.parse(left.stdout).items as { metadata: { deletionTimestamp?: string } }[];
      assert.ok(
        items.every(({ metadata }) => metadata.deletionTimestamp),
        left.stdout,
      );
    } finally {
      await platform.down();
    }
  });
});
