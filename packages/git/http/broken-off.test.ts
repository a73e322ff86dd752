import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { git, gitEnded, gitOk, leftovers, seesProcesses, startGitHost } from '../testing/git-host.ts';

/** Starts a request, sends `body`, and goes when the server has begun to work on it. */
const breakOff = async (
  port: number,
  service: string,
  body: Buffer | string,
  begun: () => boolean,
): Promise<void> => {
  const sent = request({
    port,
    host: '127.0.0.1',
    path: `/git/shop/api.git/${service}`,
    method: 'POST',
    headers: { authorization: 'Bearer ada', 'content-type': `application/x-${service}-request` },
  });
  sent.on('error', () => {});
  sent.write(body);
  await until('the server works on it', begun);
  sent.destroy();
};

test('a push that breaks off leaves nothing, not even a process', seesProcesses, async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  const head = await gitOk(clone, 'rev-parse', 'HEAD');
  writeFileSync(join(clone, 'data'), randomBytes(500_000));
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'data');
  const line = `${'0'.repeat(40)} ${head} refs/heads/main\0report-status side-band-64k`;
  const command = `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`;
  // The head of a pack of three objects, and no more.
  const pack = Buffer.concat([Buffer.from(command), Buffer.from('PACK\0\0\0\x02\0\0\0\x03')]);
  await breakOff(host.port, 'git-receive-pack', pack, () => leftovers(host.bare).length > 0);
  await host.settled();
  await gitEnded(host.folder);
  assert.deepEqual(leftovers(host.bare), []);
  assert.equal(await host.repositories.resolve(host.id, 'main'), undefined);
});

test('a fetch that breaks off ends its git', seesProcesses, async t => {
  const host = await startGitHost(t);
  await breakOff(host.port, 'git-upload-pack', '0014command=ls-refs\n', () => host.requests.length > 0);
  await host.settled();
  await gitEnded(host.folder);
});

test('what was prepared for a push that never comes ends with its connection', seesProcesses, async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  assert.match((await git(clone, 'push', 'origin', 'main')).text, /up-to-date/);
  await gitEnded(host.bare);

  const agent = new Agent({ keepAlive: true });
  const refs = '/git/shop/api.git/info/refs?service=git-receive-pack';
  for (let index = 0; index < 3; index++) {
    await new Promise<void>((resolve, reject) => {
      const headers = { authorization: 'Bearer ada' };
      request({ port: host.port, host: '127.0.0.1', path: refs, headers, agent }, response => {
        response.resume().once('end', () => resolve());
      })
        .once('error', reject)
        .end();
    });
  }
  agent.destroy();
  await gitEnded(host.bare);
});

test('rubbish instead of HTTP or of a pack breaks nothing', async t => {
  const host = await startGitHost(t);
  const socket = connect(host.port, '127.0.0.1');
  socket.on('error', () => {}).end('\0\x01rubbish\r\n\r\n');
  for (const body of ['rubbish', 'ffffshort', '0004', '', '00000000', 'PACK']) {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(
        {
          port: host.port,
          host: '127.0.0.1',
          path: '/git/shop/api.git/git-receive-pack',
          method: 'POST',
          headers: { authorization: 'Bearer ada', 'content-type': 'application/x-git-receive-pack-request' },
        },
        response => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0));
        },
      );
      sent.once('error', reject).end(body);
    });
    assert.ok(status === 200 || status === 500, `${body}: ${status}`);
  }
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
});
