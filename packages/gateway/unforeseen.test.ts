import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from './testing/make-route.ts';
import { send } from './testing/send.ts';
import { startBackend } from './testing/start-backend.ts';
import { startProcess } from './testing/start-process.ts';
import { createUnforeseen } from './unforeseen.ts';

test('[GW3] exceptions are reported one by one; many within a minute ask for a new process, once', () => {
  const told: string[] = [];
  let replaced = 0;
  let at = 0;
  const unforeseen = createUnforeseen({
    report: message => told.push(message),
    replace: () => {
      replaced += 1;
    },
    now: () => at,
  });
  for (let index = 0; index < 100; index += 1) {
    at += 5_000;
    unforeseen(new Error('now and then'));
  }
  assert.equal(replaced, 0);
  assert.equal(told.length, 100);
  assert.match(told[0] ?? '', /now and then[\s\S]*unforeseen\.test/);
  for (let index = 0; index < 25; index += 1) unforeseen('not even an error');
  assert.equal(replaced, 1);
});

const planted = "process.on('SIGHUP', () => { throw new Error('planted'); })";

test('[GW3] a gateway in which exceptions go uncaught serves on, and is replaced when there are many', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const gateway = await startProcess(context, {
    routes: [makeRoute({ backends: [backend] })],
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(planted)}` },
  });
  const first = gateway.pid();
  const times = () => gateway.errors().match(/Unforeseen: Error: planted/g)?.length ?? 0;
  for (let index = 1; index <= 20; index += 1) {
    process.kill(first, 'SIGHUP');
    await until('it is told', () => times() >= index);
    assert.equal((await send(gateway.port)).body, 'ok');
  }
  await until('another process has taken over', () => gateway.pid() !== first);
  assert.equal((await send(gateway.port)).body, 'ok');
});
