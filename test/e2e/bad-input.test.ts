import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, type Ran, startPlatform, until } from './harness.ts';

const listens = (answer: string): string =>
  `require('node:http').createServer((request, response) => { ${answer} }).listen(process.env.PORT);\n`;

describe('what goes wrong is said, with what to do next, and nothing is lost', () => {
  let platform: Platform;
  before(async () => {
    platform = await startPlatform();
  });
  after(() => platform?.down());

  const made = async (service: string): Promise<string> => {
    const { code, stderr } = await platform.cli(
      'create',
      'service',
      '--name',
      service,
      '--template',
      'empty',
    );
    assert.equal(code, 0, stderr);
    return platform.clone(service, {});
  };

  /** The pusher sees a cause and a next step; the history is kept; the status says the same. */
  const fails = async (service: string, pushed: Ran, code: string, ...words: RegExp[]): Promise<void> => {
    for (const word of [...words, /remote: .*next: /]) assert.match(pushed.stderr, word);
    const status = await platform.status(service);
    assert.equal(status.phase, 'Failed', JSON.stringify(status));
    assert.equal(status.failure?.code, code, pushed.stderr);
    assert.ok(status.failure.next.length > 10);
  };

  describe('builds', () => {
    test('nothing recognisable', async () => {
      const clone = await made('nothing');
      const pushed = await platform.push(clone, { 'notes.txt': 'only words' });
      await fails('nothing', pushed, 'NothingToBuild', /package\.json/, /notes\.txt/);
      const mended = await platform.push(clone, bareServer('mended'));
      assert.equal(mended.code, 0);
      assert.equal((await platform.visit('nothing.localhost')).body, 'mended');
    });

    test('a failing build command, with its last lines', async () => {
      const clone = await made('badbuild');
      const scripts = {
        build: 'node -e "console.error(\'tsc: 3 errors\'); process.exit(2)"',
        start: 'node server.js',
      };
      const pushed = await platform.push(clone, {
        ...bareServer('x'),
        'package.json': JSON.stringify({ name: 'badbuild', scripts }),
      });
      await fails('badbuild', pushed, 'BuildFailed', /tsc: 3 errors/);
    });

    test('failing tests stop the release; the previous one serves on', async () => {
      const clone = await made('badtest');
      assert.equal((await platform.push(clone, bareServer('first'))).code, 0);
      const scripts = {
        test: 'node -e "console.error(\'expected 1 to equal 2\'); process.exit(1)"',
        start: 'node server.js',
      };
      const pushed = await platform.push(clone, {
        ...bareServer('second'),
        'package.json': JSON.stringify({ name: 'badtest', scripts }),
      });
      assert.match(pushed.stderr, /expected 1 to equal 2/);
      assert.equal((await platform.visit('badtest.localhost')).body, 'first');
      const status = await platform.status('badtest');
      assert.equal(status.phase, 'Running');
      assert.equal(status.failure?.code, 'TestsFailed');
      const patch = JSON.stringify({ spec: { build: { test: { enabled: false } } } });
      await writeFile(join(platform.folder, 'off.json'), patch);
      assert.match(status.failure.next, /enabled/);
    });

    test('a Procfile with a mistake names the line', async () => {
      const clone = await made('badproc');
      const pushed = await platform.push(clone, {
        ...bareServer('x'),
        Procfile: 'web: node server.js\nthis is no process\n',
      });
      await fails('badproc', pushed, 'BuildFailed', /line 2/i);
    });
  });

  describe('starts', () => {
    const cases: { name: string; source: string; code: string; words: RegExp[] }[] = [
      {
        name: 'exits',
        source: "console.error('cannot find the moon'); process.exit(7);",
        code: 'ProcessExited',
        words: [/cannot find the moon/, /7/],
      },
      {
        name: 'wrongport',
        source: "require('node:http').createServer((q, r) => r.end('x')).listen(39417);",
        code: 'WrongPort',
        words: [/39417/],
      },
      { name: 'silent', source: 'setInterval(() => {}, 1000);', code: 'NotListening', words: [/PORT/] },
      {
        name: 'unwell',
        source: listens("response.statusCode = 500; response.end('database gone')"),
        code: 'Unhealthy',
        words: [/500/],
      },
      {
        name: 'needy',
        source:
          "if (!process.env.DATABASE_URL) { console.error('Missing required environment variable DATABASE_URL'); process.exit(1); }",
        code: 'MissingVariable',
        words: [/DATABASE_URL/],
      },
    ];
    for (const { name, source, code, words } of cases)
      test(`${code}: the cause is named, the previous release does not miss a request`, async () => {
        const clone = await made(name);
        assert.equal((await platform.push(clone, bareServer('before'))).code, 0);
        await writeFile(
          join(platform.folder, `${name}.yaml`),
          `apiVersion: causeway.dev/v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: default\nspec:\n  http:\n    startTimeout: 4s\n  template: empty\n`,
        );
        assert.equal((await platform.cli('apply', '-f', join(platform.folder, `${name}.yaml`))).code, 0);
        let stop = false;
        let failed = 0;
        const visiting = (async () => {
          while (!stop) {
            const answer = await platform.visit(`${name}.localhost`).catch(() => undefined);
            if (answer?.status !== 200 || answer.body !== 'before') failed += 1;
          }
        })();
        const pushed = await platform.push(clone, { 'server.js': source });
        stop = true;
        await visiting;
        for (const word of words) assert.match(pushed.stderr, word);
        assert.equal(failed, 0, 'requests failed while the new release did not start');
        const status = await platform.status(name);
        assert.equal(status.failure?.code, code, pushed.stderr);
        assert.equal(status.phase, 'Running');
        assert.equal((await platform.visit(`${name}.localhost`)).body, 'before');
      });
  });

  test('[DEL9] a release that ends right after it took the traffic gives it back', async () => {
    const clone = await made('hasty');
    assert.equal((await platform.push(clone, bareServer('before'))).code, 0);
    let stop = false;
    const failed: unknown[] = [];
    const visitors = Array.from({ length: 3 }, async () => {
      while (!stop) {
        const answer = await platform
          .visit('hasty.localhost')
          .catch(error => ({ status: 0, body: `${error}` }));
        if (answer.status !== 200) failed.push(answer);
      }
    });
    const source = `${bareServer('hasty')['server.js']}
      setTimeout(() => { console.error('the moon fell'); process.exit(3); }, 700);`;
    const pushed = await platform.push(clone, { 'server.js': source });
    const status = await until('the service to say so', async () => {
      const now = await platform.status('hasty');
      return now.failure && now.release === 'hasty.1' ? now : undefined;
    });
    assert.equal((await platform.visit('hasty.localhost')).body, 'before');
    stop = true;
    await Promise.all(visitors);
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.equal(status.phase, 'Running');
    assert.match(status.failure?.evidence.join() ?? '', /the moon fell/);
    // No more than what was in flight when it ended.
    assert.ok(failed.length <= visitors.length, JSON.stringify(failed));
  });

  describe('pushes', () => {
    test('file and branch names that look like commands are only names', async () => {
      const clone = await made('names');
      const odd = { 'a;b.txt': '1', '$(touch pwned).txt': '2', 'it\'s "q".txt': '3', 'ünï.txt': '4' };
      const pushed = await platform.push(clone, { ...bareServer('odd'), ...odd });
      assert.equal(pushed.code, 0, pushed.stderr);
      assert.equal((await platform.visit('names.localhost')).body, 'odd');
      const branch = await platform.git(clone, 'push', 'origin', 'main:refs/heads/a;touch$(id)');
      assert.doesNotMatch(branch.stderr, /uid=/);
    });

    test('[GIT2] links out of the tree, submodules and newlines in names are refused in words', async () => {
      const clone = await made('unsafe');
      await symlink('/etc/passwd', join(clone, 'secrets'));
      const link = await platform.push(clone, {});
      assert.notEqual(link.code, 0);
      assert.match(link.stderr, /remote: .*secrets.*refused/);
      await rm(join(clone, 'secrets'));
      await platform.git(clone, 'reset', '-q', '--soft', 'HEAD~1');

      const other = join(platform.folder, 'other');
      await mkdir(other);
      await platform.git(other, 'init', '-q');
      await platform.git(other, 'commit', '-q', '--allow-empty', '-m', 'x');
      await platform.git(
        clone,
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        other,
        'vendored',
      );
      const submodule = await platform.push(clone, {});
      assert.notEqual(submodule.code, 0);
      assert.match(submodule.stderr, /remote: .*vendored/);
    });

    test('[GIT2] a push of 100 MB is refused, leaves nothing behind, and the next one works', async () => {
      const clone = await made('huge');
      await writeFile(join(clone, 'huge.bin'), randomBytes(100 * 1024 * 1024));
      const pushed = await platform.push(clone, {});
      assert.notEqual(pushed.code, 0);
      assert.match(pushed.stderr, /too large|exceeds|limit/i);
      await platform.git(clone, 'update-ref', '-d', 'HEAD');
      await platform.git(clone, 'rm', '-q', '--cached', 'huge.bin');
      await rm(join(clone, 'huge.bin'));
      const small = await platform.push(clone, bareServer('small'));
      assert.equal(small.code, 0, small.stderr);
    });

    test('[GIT3] concurrent pushes: the newest wins, none is lost, each hears what became of theirs', async () => {
      const clone = await made('busy');
      assert.equal((await platform.push(clone, bareServer('0'))).code, 0);
      const pushes: Promise<Ran>[] = [];
      for (let index = 1; index <= 5; index += 1) {
        await writeFile(join(clone, 'server.js'), bareServer(String(index))['server.js'] ?? '');
        await platform.git(clone, 'commit', '-qam', `change ${index}`);
        const { stdout } = await platform.git(clone, 'rev-parse', 'HEAD');
        pushes.push(platform.git(clone, 'push', 'origin', `${stdout.trim()}:main`));
        await new Promise(resolve => setTimeout(resolve, 60));
      }
      const ended = await Promise.all(pushes);
      for (const push of ended)
        assert.match(
          push.stderr,
          /serving|superseded|fetch first|non-fast-forward|failed to update ref|cannot lock ref/,
          push.stderr,
        );
      // Refused, because another was recorded while it was on its way: then nothing is in its way any more.
      const last =
        ended.at(-1)?.code === 0 ? ended.at(-1) : await platform.git(clone, 'push', 'origin', 'main');
      assert.equal(last?.code, 0, last?.stderr ?? 'no push');
      assert.equal((await platform.visit('busy.localhost')).body, '5');
    });
  });

  describe('names and fields', () => {
    test('a name that is no DNS label, or is taken', async () => {
      for (const name of ['Not_A_Label', '-x', 'a'.repeat(64), '../../etc', '__proto__', 'a;b']) {
        const { code, stderr } = await platform.cli(
          'create',
          'service',
          `--name=${name}`,
          '--template',
          'empty',
        );
        assert.notEqual(code, 0, name);
        assert.match(stderr, /DNS label/, name);
      }
      await made('taken');
      const { code, stderr } = await platform.cli(
        'create',
        'service',
        '--name',
        'taken',
        '--template',
        'empty',
      );
      assert.notEqual(code, 0);
      assert.match(stderr, /exists/);
    });

    test('an unknown template names those that there are', async () => {
      const { code, stderr } = await platform.cli(
        'create',
        'service',
        '--name',
        'lost',
        '--template',
        'http-servise',
      );
      assert.equal(code, 2, stderr);
      assert.match(stderr, /Offered: empty, http-service[\s\S]*Did you mean 'http-service'\?/);
      assert.equal((await platform.cli('get', 'service', 'lost')).code, 4);
    });

    test('`__proto__` in a body changes nothing', async () => {
      const file = join(platform.folder, 'proto.json');
      await writeFile(
        file,
        '{"apiVersion":"causeway.dev/v1","kind":"Service","metadata":{"name":"proto","namespace":"default"},"spec":{"__proto__":{"replicas":9},"constructor":{"prototype":{"x":1}}}}',
      );
      await platform.cli('apply', '-f', file);
      const { stdout } = await platform.cli('get', 'services', '-o', 'json');
      const services = JSON.parse(stdout).items as { spec: { replicas: number } }[];
      assert.ok(services.every(service => service.spec.replicas === 1));
    });
  });

  test('a port in use is an error that names its owner', async () => {
    const { code, stderr } = await platform.cli(
      'up',
      '--detach',
      '--data',
      join(platform.folder, 'second'),
      '--port',
      String(platform.port),
    );
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`${platform.port}`));
    assert.match(stderr, /pid|process/i);
    await platform.cli('down', '--data', join(platform.folder, 'second'));
  });

  test('[OPS3] no token stands in any log', async () => {
    const { readFile, readdir } = await import('node:fs/promises');
    const { token } = JSON.parse(
      await readFile(join(platform.data, 'credentials', 'admin.json'), 'utf8'),
    ) as { token: string };
    assert.ok(token.length >= 32);
    for (const entry of await readdir(join(platform.data, 'logs'), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!entry.isFile()) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      assert.ok(!text.includes(token), `${entry.name} holds the token`);
      assert.ok(
        !text.includes(createHash('sha256').update(token).digest('hex')),
        `${entry.name} holds the token’s hash`,
      );
    }
  });
});
