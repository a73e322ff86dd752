import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cloneCommand, configureGit, helperPath, isGitConfigured, unconfigureGit } from './configure-git.ts';

const run = promisify(execFile);
const server = 'http://127.0.0.1:7070';
const admin = { server, user: 'root', token: 'cw_Secret-1_x' };

/** A platform's folder, with all that makes paths hard, and a home of its own: the tester's configuration is not touched. */
const begin = async (t: { after(end: () => unknown): void }) => {
  const home = await mkdtemp(join(tmpdir(), "causeway git's "));
  t.after(() => rm(home, { recursive: true }));
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: home };
  const data = join(home, "data 'of' $(me)");
  await mkdir(join(data, 'credentials'), { recursive: true });
  await writeFile(join(data, 'credentials', 'admin.json'), `${JSON.stringify(admin, null, 2)}\n`);
  return { home, data, env, git: (...args: string[]) => run('git', args, { env }) };
};

/** What git finds out for an address, as on a push, without asking anybody. */
const fill = (address: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise(resolve => {
    const { protocol, host, username } = new URL(address);
    const git = spawn('git', ['credential', 'fill'], {
      env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '' },
    });
    let said = '';
    git.stdout.on('data', data => {
      said += data;
    });
    git.on('close', () => resolve(said));
    git.stdin.end(
      `protocol=${protocol.replace(':', '')}\nhost=${host}\n${username === '' ? '' : `username=${username}\n`}\n`,
    );
  });

test('git finds the token for exactly this address, and no other', async t => {
  const { data, env } = await begin(t);
  assert.deepEqual(await configureGit(data, { server }, env), { configured: true, hint: '' });
  assert.match(await fill(server, env), /^username=root\npassword=cw_Secret-1_x$/m);
  for (const other of [
    'http://127.0.0.1:7071',
    'https://127.0.0.1:7070',
    'http://127.0.0.1',
    'http://evil.example:7070',
  ])
    assert.ok(!(await fill(other, env)).includes('cw_'), other);
});

test('another helper of the user neither answers nor learns the token', async t => {
  const { home, data, env, git } = await begin(t);
  await git('config', '--global', 'credential.helper', `!cat > '${home.replaceAll("'", "'\\''")}/leaked' #`);
  await configureGit(data, { server }, env);
  assert.match(await fill(server, env), /password=cw_Secret/);
  await assert.rejects(readFile(join(home, 'leaked')));
});

test('set up twice it is there once; a former address is forgotten; taken out, nothing of it is left', async t => {
  const { data, env, git } = await begin(t);
  await configureGit(data, { server: 'http://127.0.0.1:6060' }, env);
  await configureGit(data, { server }, env);
  await configureGit(data, { server }, env);
  const { stdout } = await git('config', '--global', '--get-regexp', '^credential');
  assert.equal(stdout.trimEnd().split('\n').length, 2, stdout);
  assert.ok(await isGitConfigured(data, { server }, env));
  assert.equal(await cloneCommand(data, { server }, 'URL', env), 'git clone URL');
  await unconfigureGit(data, env);
  await assert.rejects(git('config', '--global', '--get-regexp', '^credential'));
});

test('two platforms do not get in each other’s way', async t => {
  const { home, data, env } = await begin(t);
  const other = join(home, 'other');
  await mkdir(join(other, 'credentials'), { recursive: true });
  await writeFile(
    join(other, 'credentials', 'admin.json'),
    '{"token":"cw_other","server":"http://127.0.0.1:8080","user":"eve"}',
  );
  await Promise.all([
    configureGit(data, { server }, env),
    configureGit(other, { server: 'http://127.0.0.1:8080' }, env),
  ]);
  await unconfigureGit(data, env);
  assert.match(await fill('http://127.0.0.1:8080', env), /^username=eve\npassword=cw_other$/m);
});

test('two users of one address on one account: each clone pushes as its own', async t => {
  const { home, data, env } = await begin(t);
  await configureGit(data, { server, user: 'root' }, env);
  const eves = join(home, 'eve’s');
  await mkdir(join(eves, 'credentials'), { recursive: true });
  const eve = { server, user: 'eve', token: 'cw_eve' };
  await writeFile(join(eves, 'credentials', 'user.json'), JSON.stringify(eve));
  await configureGit(eves, eve, env);
  assert.match(await fill(server, env), /^username=root\npassword=cw_Secret-1_x$/m);
  const asEve = 'http://eve@127.0.0.1:7070';
  assert.match(await fill(asEve, env), /^username=eve\npassword=cw_eve$/m);
  const url = `${server}/git/shop/orders.git`;
  assert.equal(await cloneCommand(eves, eve, url, env), `git clone ${asEve}/git/shop/orders.git`);
  assert.equal(await cloneCommand(data, { server, user: 'root' }, url, env), `git clone ${url}`);
  // The platform starts again, and eve signs in again: nothing changes hands.
  await configureGit(data, { server, user: 'root' }, env);
  await configureGit(eves, eve, env);
  assert.match(await fill(server, env), /password=cw_Secret-1_x$/m);
  assert.match(await fill(asEve, env), /password=cw_eve$/m);
  await unconfigureGit(eves, env);
  assert.doesNotMatch(await fill(asEve, env), /password/);
  assert.match(await fill(server, env), /password=cw_Secret-1_x$/m);
  // Whose folder is gone holds the address no longer.
  await rm(data, { recursive: true });
  await configureGit(eves, eve, env);
  assert.match(await fill(server, env), /^username=eve\npassword=cw_eve$/m);
});

test('who signed in comes before who ran up', async t => {
  const { data, env } = await begin(t);
  await writeFile(
    join(data, 'credentials', 'user.json'),
    JSON.stringify({ ...admin, user: 'eve', token: 'cw_eve' }),
  );
  await configureGit(data, { server }, env);
  assert.match(await fill(server, env), /^username=eve\npassword=cw_eve$/m);
});

test('without HOME cloning still works without a password, and pushes from that clone, too', async t => {
  const { home, data, env, git } = await begin(t);
  delete env.HOME;
  const { configured, hint } = await configureGit(data, { server }, env);
  assert.equal(configured, false);
  assert.match(hint, /git clone --config/);
  const command = await cloneCommand(data, { server }, 'URL', env);
  const [, argument = ''] = /--config (.*) URL$/.exec(command) ?? [];
  env.HOME = home;
  // What the person pastes goes through a shell.
  const { stdout } = await run('sh', ['-c', `printf %s ${argument}`]);
  const [key = '', ...value] = stdout.split('=');
  await git('config', '--global', key, value.join('='));
  assert.match(await fill(server, env), /password=cw_Secret/);
});

test('a home that cannot be written is no error', async t => {
  const { data, env } = await begin(t);
  // Not even root can write below a device.
  env.HOME = '/dev/null';
  assert.equal((await configureGit(data, { server }, env)).configured, false);
});

test('the helper starts no other program', async t => {
  const { data, env } = await begin(t);
  await configureGit(data, { server }, env);
  const helper = spawn('/bin/sh', [helperPath(data), 'get'], { env: { PATH: '/nonexistent' } });
  let said = '';
  let wrong = '';
  helper.stdout.on('data', chunk => {
    said += chunk;
  });
  helper.stderr.on('data', chunk => {
    wrong += chunk;
  });
  helper.stdin.end('protocol=http\nhost=127.0.0.1:7070\n\n');
  await new Promise(resolve => helper.once('close', resolve));
  assert.equal(said, 'username=root\npassword=cw_Secret-1_x\n');
  assert.equal(wrong, '');
});
