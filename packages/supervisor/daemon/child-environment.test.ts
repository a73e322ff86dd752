import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironment } from './child-environment.ts';

test('children get what they need, and nothing that is meant for the command, npm or git', () => {
  const own = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    DATABASE_URL: 'postgres://secret',
    CAUSEWAY_DATABASE_URL: 'postgres://secret',
    CAUSEWAY_SERVER: 'https://elsewhere',
    CAUSEWAY_TOKEN: 'secret',
    CAUSEWAY_GATEWAY_HOST: '0.0.0.0',
    GIT_DIR: '/somewhere',
    npm_config_prefix: '/npm',
    UNSET: undefined,
  };
  assert.deepEqual(childEnvironment(own, { data: '/data', port: 7070, version: '/data/versions/a' }), {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    CAUSEWAY_GATEWAY_HOST: '0.0.0.0',
    CAUSEWAY_DATA: '/data',
    CAUSEWAY_PORT: '7070',
    NODE_COMPILE_CACHE: '/data/versions/a/.compile-cache',
  });
});
