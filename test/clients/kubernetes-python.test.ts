import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { realPytest, realPythonKubernetes } from '@causeway/testkit';
import { type RestartableApi, startRestartableApi } from './restartable-api.ts';

const pytest = realPytest();
const library = realPythonKubernetes();

describe("Kubernetes' Python client against the API", { skip: pytest.skip || library.skip }, () => {
  let api: RestartableApi;
  before(async () => {
    api = await startRestartableApi();
    await api.stop();
    await api.forgetAfter(async ({ store }) => {
      const actor = { user: 'system:server' };
      for (const name of ['a', 'b']) {
        await store.create(ServiceKind, { metadata: { name, namespace: 'shop' } }, actor);
        await store.delete(ServiceKind, { namespace: 'shop', name }, actor);
      }
    });
    await api.start();
  });
  after(() => api.close());

  test('custom objects, dynamic client with apply, watch, and a version that is gone', async () => {
    const folders = [library.path, pytest.path].map(file => path.dirname(path.dirname(file)));
    const file = path.join(import.meta.dirname, 'python', 'test_kubernetes_client.py');
    const { code, output } = await new Promise<{ code: unknown; output: string }>(resolve => {
      execFile(
        pytest.path,
        ['-q', '-p', 'no:cacheprovider', file],
        {
          env: {
            PATH: process.env.PATH,
            PYTHONPATH: folders.join(path.delimiter),
            PYTHONDONTWRITEBYTECODE: '1',
            API_URL: api.url,
            API_AUTHORITY: api.authorityFile,
            API_TOKEN: api.token,
          },
          timeout: 120_000,
        },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
      );
    });
    assert.equal(code, 0, output);
    assert.match(output, /4 passed/);
  });
});
