import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, startPlatform, until } from './harness.ts';

interface Process {
  readonly name: string;
  readonly pid: number;
  readonly state: string;
}

describe('faults', () => {
  let platform: Platform;
  let clone: string;
  before(async () => {
    platform = await startPlatform();
    await platform.cli('create', 'service', '--name', 'steady', '--template', 'empty');
    clone = await platform.clone('steady', {});
    const pushed = await platform.push(clone, bareServer('steady'));
    assert.equal(pushed.code, 0, pushed.stderr);
  });
  after(() => platform?.down());

  const processes = async (): Promise<Process[]> =>
    JSON.parse((await platform.cli('status', '-o', 'json')).stdout).processes;
  const pidOf = async (name: string): Promise<number> => {
    const found = (await processes()).find(process => process.name === name);
    assert.ok(found, name);
    return found.pid;
  };
  const healthy = (): Promise<unknown> =>
    until(
      'every process to run',
      async () => (await processes()).every(process => process.state === 'running') || undefined,
    );

  /** Visits as long as the work lasts; returns how many visits failed, and how many there were. */
  const whileVisiting = async (work: () => Promise<void>): Promise<{ failed: number; visits: number }> => {
    let stop = false;
    let failed = 0;
    let visits = 0;
    const visitors = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const answer = await platform.visit('steady.localhost').catch(() => undefined);
        visits += 1;
        if (answer?.status !== 200) failed += 1;
      }
    });
    await work();
    stop = true;
    await Promise.all(visitors);
    return { failed, visits };
  };

  test('[GW1] killing the server fails no request, and another takes its place', async () => {
    const before = await pidOf('server');
    const { failed, visits } = await whileVisiting(async () => {
      process.kill(before, 'SIGKILL');
      await until('another server', async () => (await pidOf('server').catch(() => before)) !== before);
      await healthy();
    });
    assert.ok(visits > 20);
    assert.equal(failed, 0);
  });

  test('[DEL7] killing the agent leaves the replicas; the next agent adopts them', async () => {
    const replicas = async (): Promise<number[]> =>
      (
        JSON.parse((await platform.cli('get', 'replicas', '-o', 'json')).stdout).items as {
          status: { pid: number };
        }[]
      ).map(one => one.status.pid);
    const before = await replicas();
    const { failed } = await whileVisiting(async () => {
      process.kill(await pidOf('agent'), 'SIGKILL');
      await healthy();
      await platform.cli('get', 'replicas');
    });
    assert.equal(failed, 0);
    assert.deepEqual(await replicas(), before);
  });

  test('[DEL2] a push under load fails no request', async () => {
    const { failed, visits } = await whileVisiting(async () => {
      for (const text of ['two', 'three', 'four']) {
        const pushed = await platform.push(clone, bareServer(text));
        assert.equal(pushed.code, 0, pushed.stderr);
      }
    });
    assert.ok(visits > 20);
    assert.equal(failed, 0);
    assert.equal((await platform.visit('steady.localhost')).body, 'four');
  });

  test('[GIT1] a push that was acknowledged while the server dies is released afterwards', async () => {
    const pushing = platform.push(clone, bareServer('survivor'));
    await until('the ref to move', async () => {
      const local = (await platform.git(clone, 'rev-parse', 'HEAD')).stdout.trim();
      const bare = join(platform.data, 'repositories', 'default', 'steady.git');
      return (
        (
          await platform.git(clone, '-c', 'safe.directory=*', '--git-dir', bare, 'rev-parse', 'main')
        ).stdout.trim() === local || undefined
      );
    });
    process.kill(await pidOf('server'), 'SIGKILL');
    await pushing;
    await until(
      'the pushed release',
      async () => (await platform.visit('steady.localhost')).body === 'survivor' || undefined,
    );
  });

  test('[OPS1] everything is killed at once; up brings it back, with what was acknowledged', async () => {
    await healthy();
    for (const { pid } of await processes()) process.kill(pid, 'SIGKILL');
    const up = await platform.cli('up', '--detach', '--port', String(platform.port));
    assert.equal(up.code, 0, up.stderr);
    await until(
      'the service',
      async () =>
        (await platform.visit('steady.localhost').catch(() => undefined))?.body === 'survivor' || undefined,
    );
  });

  test('[DEL6] a replica that dies is started again', async () => {
    /** Of the one that is left when the release before has let go. */
    const readyPid = async () => {
      const { items } = JSON.parse((await platform.cli('get', 'replicas', '-o', 'json')).stdout) as {
        items: { status?: { phase: string; pid: number } }[];
      };
      const [only, ...others] = items.filter(({ status }) => status?.phase !== 'Stopped');
      return others.length === 0 && only?.status?.phase === 'Ready' ? only.status.pid : undefined;
    };
    const before = await until('one replica', readyPid);
    process.kill(before, 'SIGKILL');
    await until('another process', async () => {
      const now = await readyPid();
      return now !== before ? now : undefined;
    });
    await until(
      'answers',
      async () => (await platform.visit('steady.localhost')).status === 200 || undefined,
    );
  });

  test('[OPS1] down leaves no process behind', async () => {
    const before = (await processes()).map(process => process.pid);
    const replicas = JSON.parse((await platform.cli('get', 'replicas', '-o', 'json')).stdout).items as {
      status: { pid: number };
    }[];
    const down = await platform.cli('down');
    assert.equal(down.code, 0, down.stderr);
    const marked = await processesMentioning(platform.data);
    assert.deepEqual(marked, []);
    for (const pid of [...before, ...replicas.map(one => one.status.pid)])
      assert.ok(await hasEnded(pid), `process ${pid} is still there`);
  });
});

/** Gone, or ended and only waiting for the machine's first process to take note of it. */
const hasEnded = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === '' || ['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
};

/** Processes whose command line or folder lies in the data folder. */
const processesMentioning = async (folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(folder) && Number(pid) !== process.pid) found.push(line.replaceAll('\0', ' '));
  }
  return found;
};
