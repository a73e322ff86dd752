import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshClone, isClone } from './fresh-clone.ts';
import { freePorts, get, type Ran, until } from './harness.ts';
import { processesOf, socketFolderOf } from './left-behind.ts';
import { type MachineUser, machineUser } from './machine-user.ts';

const isRoot = process.getuid?.() === 0;
/** Of nobody: neither an account, nor in the range of the platform's own or its workloads' users. */
const throwAwayUid = 60_100 + (process.pid % 300);

const succeeded = ({ code, stdout, stderr }: Ran): string => {
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return stdout;
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('installation', {
  skip: (await isClone()) ? false : 'needs a clone of the repository, with git',
}, () => {
  let place: string;
  let npmCache: string;
  let me: MachineUser;
  /** Set up by the first test, and used by most others. */
  let clone: string;
  /** Folders and ports of platforms that the end of the tests must not find running. */
  const started: { user: MachineUser; data: string; checkout: string }[] = [];

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'causeway installation '));
    await chmod(place, 0o711);
    // From another folder: npm reads the configuration of the one it is in.
    npmCache = execFileSync('npm', ['config', 'get', 'cache'], {
      cwd: place,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    me = await machineUser({ folder: join(place, 'closed to others'), npmCache });
    clone = join(me.folder, 'my clone');
  });
  after(async () => {
    for (const { user, data, checkout } of started)
      if (await exists(join(data, 'format')))
        await user.run(join(checkout, 'platform'), ['down', '--data', data]);
    if (place) await rm(place, { recursive: true, force: true, maxRetries: 5 });
  });

  const up = async (
    user: MachineUser,
    checkout: string,
    data: string,
    port: number,
    env: Record<string, string | undefined> = {},
  ): Promise<Ran> => {
    started.push({ user, data, checkout });
    const args = ['up', '--detach', '--data', data, '--port', String(port)];
    return user.run(join(checkout, 'platform'), args, { env });
  };

  const statusOf = async (user: MachineUser, data: string) => {
    const { code, stdout, stderr } = await user.run(join(clone, 'platform'), [
      ...['status', '--data', data, '-o', 'json'],
    ]);
    assert.ok(stdout.startsWith('{'), `${code}: ${stderr}`);
    return JSON.parse(stdout) as { processes: { name: string; pid?: number; state: string }[] };
  };
  const pidsOf = async (user: MachineUser, data: string): Promise<Record<string, number | undefined>> =>
    Object.fromEntries((await statusOf(user, data)).processes.map(({ name, pid }) => [name, pid]));

  /** The README's first command and what a person does next, to the end, when nothing may be left. */
  const firstSteps = async (user: MachineUser, checkout: string): Promise<void> => {
    const port = await freePorts();
    const data = join(user.home, '.causeway');
    const platform = (...args: string[]) => user.run('./platform', args, { cwd: checkout });
    started.push({ user, data, checkout });

    const first = await platform('up', '--detach', '--port', String(port));
    assert.match(succeeded(first), new RegExp(`http://127\\.0\\.0\\.1:${port}`));
    const created = await platform('create', 'service', '--name', 'hello', '--template', 'http-service');
    assert.match(succeeded(created), /^✔ Service 'hello' created successfully$/m);
    const { cloneUrl } = JSON.parse(
      succeeded(await platform('get', 'service', 'hello', '-o', 'json')),
    ).status;
    succeeded(await user.run('git', ['clone', '-q', cloneUrl, 'hello']));
    const source = join(user.home, 'hello', 'handle.js');
    await writeFile(source, (await readFile(source, 'utf8')).replace("status: 'ok'", "status: 'splendid'"));
    succeeded(await user.run('git', ['commit', '-qam', 'a change'], { cwd: join(user.home, 'hello') }));
    const pushed = await user.run('git', ['push', 'origin', 'HEAD:main'], { cwd: join(user.home, 'hello') });
    succeeded(pushed);
    assert.match(pushed.stderr, /remote: .*http:\/\/hello\.localhost/);
    assert.match((await get(port + 10, 'hello.localhost', '/healthz')).body, /splendid/);

    const sockets = await socketFolderOf(data);
    assert.ok(await exists(sockets), sockets);
    succeeded(await platform('down', '--purge', '--yes'));
    assert.deepEqual(await processesOf(user.folder, user.uid), [], 'processes');
    assert.equal(await exists(sockets), false, 'the folder of sockets');
    assert.equal(await exists(data), false, 'the data folder');
    assert.doesNotMatch(
      await readFile(join(user.home, '.gitconfig'), 'utf8').catch(() => ''),
      /credential|causeway/,
    );
    // npm keeps its own compiled code there.
    const temporary = (await readdir(user.temporary)).filter(name => name !== 'node-compile-cache');
    assert.deepEqual(temporary, [], 'temporary files');
    const own = new Set(['.gitconfig', 'hello']);
    assert.deepEqual(
      (await readdir(user.home)).filter(name => !own.has(name)),
      [],
      'files in the home',
    );
  };

  const who = isRoot ? 'as root' : 'as oneself';
  test(`${who}, in a closed folder with spaces, up is the first and only command`, async context => {
    await freshClone(clone);
    const { stdout } = await me.run('node', ['--version']);
    context.diagnostic(`the machine's own Node.js: ${stdout.trim()}`);
    await firstSteps(me, clone);
  });

  const notRoot = isRoot ? false : 'as oneself is as an ordinary user';
  test('as an ordinary user, up is the first and only command', { skip: notRoot }, async () => {
    const cache = join(place, 'npm-cache');
    await cp(join(npmCache, '_cacache'), join(cache, '_cacache'), { recursive: true });
    const user = await machineUser({ folder: join(place, 'ordinary'), uid: throwAwayUid, npmCache: cache });
    const own = join(user.folder, 'clone');
    await freshClone(own);
    execFileSync('chown', ['-R', `${throwAwayUid}:${throwAwayUid}`, cache, own]);
    await firstSteps(user, own);
  });

  test('without network, once set up', {
    skip: isRoot ? false : 'needs root, for unshare --net',
  }, async () => {
    const port = await freePorts();
    const data = join(me.folder, 'offline');
    started.push({ user: me, data, checkout: clone });
    const script = [
      'set -e',
      'ip link set lo up',
      './platform --data "$1" up --detach --port "$2"',
      './platform --data "$1" create service --name offline --template http-service',
      './platform --data "$1" down --purge --yes',
    ].join('\n');
    const args = ['--net', 'sh', '-c', script, 'sh', data, String(port)];
    const ran = await me.run('unshare', args, { cwd: clone });
    assert.match(succeeded(ran), /^✔ Service 'offline' created successfully$/m);
    assert.deepEqual(await processesOf(data), []);
  });

  test('without a home, and with one that cannot be written', async () => {
    const port = await freePorts();
    const data = join(me.folder, 'homeless');
    const closed = isRoot ? '/proc' : join(me.folder, 'closed');
    if (!isRoot) await mkdir(closed, { mode: 0o500 });
    for (const [index, HOME] of [undefined, closed].entries()) {
      const env = { HOME };
      const ran = await up(me, clone, data, port, env);
      succeeded(ran);
      const command = /git clone --config .*(?= URL)/.exec(ran.stderr)?.[0];
      assert.ok(command, `it says how to clone: ${ran.stderr}`);
      const name = `homeless-${index}`;
      const platform = (...args: string[]) =>
        me.run(join(clone, 'platform'), ['--data', data, ...args], { env });
      succeeded(await platform('create', 'service', '--name', name));
      const { cloneUrl } = JSON.parse(succeeded(await platform('get', 'service', name, '-o', 'json'))).status;
      const repository = join(me.folder, name);
      succeeded(await me.run('sh', ['-c', `${command} -q "$1" "$2"`, 'sh', cloneUrl, repository], { env }));
      succeeded(await me.run('git', ['commit', '-q', '--allow-empty', '-m', 'x'], { cwd: repository, env }));
      succeeded(await me.run('git', ['push', 'origin', 'HEAD:main'], { cwd: repository, env }));
      assert.equal((await get(port + 10, `${name}.localhost`)).status, 200);
      // What was created before serves again after down and up.
      assert.equal((await get(port + 10, 'homeless-0.localhost')).status, 200);
      succeeded(await platform('down'));
      assert.deepEqual(await processesOf(data), []);
    }
  });

  test('a folder of a newer Causeway is refused in words', async () => {
    const data = join(me.folder, 'newer');
    await mkdir(data);
    await writeFile(join(data, 'format'), '999\n');
    const { code, stderr } = await up(me, clone, data, await freePorts());
    assert.notEqual(code, 0);
    assert.match(stderr, /newer version of Causeway/);
    assert.match(stderr, /999/);
    assert.deepEqual(await readdir(data), ['format']);
  });

  test('a taken port is an error that names who has it, and nothing is left running', async () => {
    const port = await freePorts();
    const data = join(me.folder, 'taken');
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(port + 10, '127.0.0.1', () => resolve()));
    try {
      const { code, stderr } = await up(me, clone, data, port);
      assert.notEqual(code, 0);
      assert.match(stderr, new RegExp(`${port + 10}[\\s\\S]*process ${process.pid}\\b`));
      assert.deepEqual(await processesOf(data), []);
    } finally {
      taken.close();
    }
  });

  test('a first up that was killed in the middle is taken further by the next', async () => {
    const port = await freePorts();
    const data = join(me.folder, 'interrupted');
    started.push({ user: me, data, checkout: clone });
    const args = ['up', '--detach', '--data', data, '--port', String(port)];
    const child = me.spawn(join(clone, 'platform'), args);
    await until('the database to be made', () => exists(join(data, 'postgres')));
    const begun = (await processesOf(data)).map(line => Number.parseInt(line, 10));
    for (const pid of new Set([child.pid!, ...begun])) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended meanwhile.
      }
    }
    succeeded(await up(me, clone, data, port));
    assert.ok((await statusOf(me, data)).processes.every(({ state }) => state === 'running'));
    succeeded(await me.run(join(clone, 'platform'), ['down', '--data', data, '--purge', '--yes']));
    assert.deepEqual(await processesOf(data), []);
  });

  describe('two platforms side by side', () => {
    let first: string;
    let second: string;
    let ports: [number, number];
    let link: string;

    before(async () => {
      first = join(me.folder, 'first');
      second = join(me.folder, 'second');
      ports = [await freePorts(), await freePorts()];
      link = join(me.folder, 'some where', 'causeway');
      await mkdir(join(me.folder, 'some where'));
      await symlink('../my clone/platform', join(me.folder, 'some where', 'relative'));
      await symlink(join(me.folder, 'some where', 'relative'), link);
    });

    const visitor = (port: number, host: string) => {
      const outcomes: Record<string, number> = {};
      let visiting = true;
      const visits = Array.from({ length: 2 }, async () => {
        while (visiting) {
          const outcome = await get(port, host).then(
            ({ status }) => String(status),
            error => String(error.code ?? error),
          );
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          await sleep(5);
        }
      });
      return {
        stop: async () => {
          visiting = false;
          await Promise.all(visits);
          return outcomes;
        },
      };
    };

    test('the command works through a link, from another folder; ending one platform does not touch the other', async () => {
      for (const [index, data] of [first, second].entries()) {
        started.push({ user: me, data, checkout: clone });
        const port = String(ports[index]);
        succeeded(await me.run(link, ['up', '--detach', '--data', data, '--port', port]));
        succeeded(await me.run(link, ['create', 'service', '--name', `of-${index}`, '--data', data]));
      }
      assert.equal((await get(ports[0] + 10, 'of-1.localhost')).status, 404);
      const before = await pidsOf(me, second);
      const visits = visitor(ports[1] + 10, 'of-1.localhost');
      succeeded(await me.run(link, ['down', '--data', first, '--purge', '--yes']));
      assert.deepEqual(Object.keys(await visits.stop()), ['200']);
      assert.deepEqual(await processesOf(first), []);
      assert.deepEqual(await pidsOf(me, second), before);
      const { cloneUrl } = JSON.parse(
        succeeded(await me.run(link, ['get', 'service', 'of-1', '-o', 'json', '--data', second])),
      ).status;
      succeeded(await me.run('git', ['ls-remote', cloneUrl]));
    });

    test('what runs does not depend on the checkout: even a process started anew has its old code', async () => {
      const { server } = await pidsOf(me, second);
      const away = `${clone} away`;
      await rename(clone, away);
      try {
        process.kill(server!, 'SIGKILL');
        await until('another server', async () => {
          const answer = await get(ports[1], 'localhost', '/readyz').catch(() => undefined);
          return answer?.status === 200;
        });
        assert.equal((await get(ports[1] + 10, 'of-1.localhost')).status, 200);
      } finally {
        await rename(away, clone);
      }
      assert.notEqual((await pidsOf(me, second)).server, server);
    });

    test('up after a change of the code upgrades, and no request fails', async context => {
      const before = await pidsOf(me, second);
      for (const name of ['server', 'gateway', 'agent'])
        await appendFile(join(clone, 'packages', name, 'main.ts'), '\n// Changed.\n');
      const visits = visitor(ports[1] + 10, 'of-1.localhost');
      succeeded(await up(me, clone, second, ports[1]));
      await sleep(500);
      const outcomes = await visits.stop();
      context.diagnostic(`requests meanwhile: ${JSON.stringify(outcomes)}`);
      assert.deepEqual(Object.keys(outcomes), ['200']);
      const after = await pidsOf(me, second);
      for (const name of ['server', 'gateway', 'agent']) assert.notEqual(after[name], before[name], name);
      assert.equal(after.postgres, before.postgres);
      succeeded(await me.run(link, ['down', '--data', second, '--purge', '--yes']));
      assert.deepEqual(await processesOf(second), []);
    });
  });

  test('npm test is the first command, and goes on where it was killed', async () => {
    const own = join(me.folder, 'clone to test');
    await freshClone(own);
    const args = ['test', '--', 'packages/gateway/hand-over/shared-source.test.ts'];
    const interrupted = me.spawn('npm', args, { cwd: own });
    await until('the packages to arrive', async () => {
      const names = await readdir(join(own, '.toolchain')).catch((): string[] => []);
      return names.some(name => name.startsWith('work.'));
    });
    process.kill(-interrupted.pid!, 'SIGKILL');
    const { code, stdout, stderr } = await me.run('npm', args, { cwd: own });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /^\d+ passed, 0 failed, 0 skipped\s*$/m);
    assert.deepEqual(
      (await readdir(join(own, '.toolchain'))).filter(name => name.startsWith('work.')),
      [],
    );
  });
});
