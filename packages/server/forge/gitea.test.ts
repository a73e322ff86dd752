import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GiteaServer, realGitea, startGitea, testDatabase, until } from '@causeway/testkit';
import { startServer } from '../start-server.ts';

const root = join(import.meta.dirname, '../../..');
const repository = 'alice/payments';
const at = `/repos/${repository}`;

interface Change {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly title: string;
    readonly author: string;
    readonly forge?: { readonly url: string };
  };
  readonly status?: {
    readonly phase?: string;
    readonly head?: string;
    readonly approvals?: readonly { by: string; commit: string }[];
    readonly reviewers?: readonly string[];
    readonly checks?: readonly { name: string; state: string }[];
    readonly plan?: { readonly allowed: boolean; readonly commit: string };
    readonly conditions?: readonly { type: string; status: string; message: string }[];
  };
}

/** A file that asks for an environment. */
const request = (region: string): string =>
  [
    'apiVersion: causeway.dev/v1',
    'kind: EnvironmentRequest',
    'metadata:',
    '  name: staging',
    'spec:',
    '  purpose: integration-test',
    `  region: ${region}`,
    '  lifetime: 14d',
    '  services:',
    '    - name: orders',
    '',
  ].join('\n');

describe('a server and a real Gitea', { skip: realGitea().skip }, () => {
  const secret = randomBytes(16).toString('hex');
  const adminToken = randomBytes(16).toString('hex');
  const lines: string[] = [];
  let gitea: GiteaServer;
  let alice: string;
  let bob: string;
  let platform: string;
  let data: string;
  let port: number;
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let stop: () => Promise<void>;
  const start = async (): Promise<void> => {
    stop = await startServer({
      data,
      port,
      platformPort: port,
      databaseUrl: database.connectionString,
      goldenPaths: join(root, 'golden-paths'),
      policies: join(root, 'policies'),
      log: line => lines.push(line),
    });
  };

  before(async () => {
    [gitea, database] = await Promise.all([startGitea(), testDatabase()]);
    alice = await gitea.addUser('alice');
    bob = await gitea.addUser('bob');
    platform = await gitea.addUser('platform');
    await gitea.api(alice, 'POST', '/user/repos', {
      name: 'payments',
      auto_init: true,
      private: true,
      default_branch: 'main',
    });
    for (const name of ['bob', 'platform'])
      await gitea.api(alice, 'PUT', `${at}/collaborators/${name}`, { permission: 'write' });
    data = await mkdtemp(join(tmpdir(), 'causeway-forges-'));
    port = 12_000 + Math.floor(Math.random() * 18_000);
    const credentials = join(data, 'credentials');
    await mkdir(credentials);
    const configuration = {
      defaultTeam: 'shop',
      environments: { regions: ['eu-central-1'] },
      rateCard: { cpu: 20, memory: 5 },
      forges: [
        {
          name: 'own',
          type: 'gitea',
          url: gitea.url,
          tokenFile: 'credentials/gitea.token',
          webhookSecretFile: 'credentials/gitea.secret',
          teams: { shop: ['alice/*'] },
        },
      ],
    };
    await Promise.all([
      writeFile(join(credentials, 'admin.json'), JSON.stringify({ user: 'ada', token: adminToken })),
      ...['agent', 'gateway', 'metrics'].map(name =>
        writeFile(join(credentials, `${name}.token`), randomUUID()),
      ),
      writeFile(join(credentials, 'gitea.token'), `${platform}\n`),
      writeFile(join(credentials, 'gitea.secret'), `${secret}\n`),
      writeFile(join(data, 'config.yaml'), JSON.stringify(configuration)),
    ]);
    await start();
  });
  after(async () => {
    await stop?.();
    await gitea?.stop();
    await database?.close();
    if (data) await rm(data, { recursive: true, force: true });
  });

  const api = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const team = '/apis/causeway.dev/v1/namespaces/shop';
  const create = (plural: string, kind: string, name: string, spec: object) =>
    api('POST', `${team}/${plural}`, { apiVersion: 'causeway.dev/v1', kind, metadata: { name }, spec });
  const changes = async (): Promise<readonly Change[]> =>
    ((await api('GET', `${team}/changerequests`)) as { items: Change[] }).items;
  const comes = <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> =>
    until(what, look, {
      everyMs: 50,
      seen: async () => `${JSON.stringify(await changes())}\n${lines.slice(-5).join('\n')}`,
    });
  const change = (number: number, condition: (found: Change) => boolean): Promise<Change> =>
    comes(`change ${number}`, async () =>
      (await changes()).find(one => one.metadata.name === `infrastructure.${number}` && condition(one)),
    );
  /** Commits to a branch that is made from main unless it is there; a file that is there needs its id. */
  const commit = async (branch: string, isNew: boolean, path: string, text: string): Promise<string> => {
    const from = isNew ? 'main' : branch;
    const now = (await gitea.api(alice, 'GET', `${at}/contents/${path}?ref=${from}`).catch(() => {})) as
      | { sha: string }
      | undefined;
    const made = await gitea.api(alice, now ? 'PUT' : 'POST', `${at}/contents/${path}`, {
      message: 'change',
      branch: from,
      ...(isNew ? { new_branch: branch } : {}),
      content: Buffer.from(text).toString('base64'),
      ...(now ? { sha: now.sha } : {}),
    });
    return (made as { commit: { sha: string } }).commit.sha;
  };
  const propose = async (head: string, title: string): Promise<number> =>
    (
      (await gitea.api(alice, 'POST', `${at}/pulls`, { head, base: 'main', title, body: 'Because.' })) as {
        number: number;
      }
    ).number;
  const comments = async (number: number) =>
    (await gitea.api(alice, 'GET', `${at}/issues/${number}/comments`)) as { id: number; body: string }[];
  const comment = (number: number, words: RegExp) =>
    comes(`a comment of ${words}`, async () => (await comments(number)).find(({ body }) => words.test(body)));
  const status = async (commitId: string) =>
    (
      (await gitea.api(alice, 'GET', `${at}/statuses/${commitId}`)) as {
        context: string;
        status: string;
        description: string;
      }[]
    ).filter(({ context }) => context === 'causeway/plan');
  const deliver = (body: Uint8Array, headers: Record<string, string> = {}, forge = 'own') =>
    fetch(`http://127.0.0.1:${port}/api/forges/${forge}/webhook`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-gitea-event': 'pull_request',
        'x-gitea-delivery': randomUUID(),
        'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
        ...headers,
      },
    });

  test('[FRG3] [FRG4] from the webhook to the comment, and after the merge, in a private repository', async () => {
    await create('services', 'Service', 'orders', {});
    // Only a webhook can have it looked at in time.
    await create('sources', 'Source', 'infrastructure', {
      url: `${gitea.url}/${repository}.git`,
      interval: '1h',
    });
    await gitea.api(alice, 'POST', `${at}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['push', 'pull_request', 'pull_request_sync', 'pull_request_review'],
      config: { url: `http://127.0.0.1:${port}/api/forges/own/webhook`, content_type: 'json', secret },
    });

    await commit('main', false, 'docs/CODEOWNERS', '/platform/ @alice @bob\n');
    const wrong = await commit('staging', true, 'platform/staging.yaml', request('mars-1'));
    const number = await propose('staging', 'Staging for the audit');
    const refused = await comment(number, /mars/);
    assert.match(refused.body, /eu\\-central\\-1/, 'it says what is offered');
    assert.match(refused.body, /Review.*waits for the approval of bob/);
    const seen = await change(number, ({ status: found }) => found?.plan?.allowed === false);
    assert.equal(seen.spec.title, 'Staging for the audit');
    assert.equal(seen.spec.author, 'alice');
    assert.equal(seen.spec.forge?.url, `${gitea.url}/${repository}/pulls/${number}`);
    assert.deepEqual(
      (await status(wrong)).map(one => one.status),
      ['failure'],
    );

    const right = await commit('staging', false, 'platform/staging.yaml', request('eu-central-1'));
    const allowed = await comment(number, /creates 1/);
    assert.equal(allowed.id, refused.id, 'it is the same comment');
    assert.match(allowed.body, /EUR a month/);
    assert.equal((await comments(number)).length, 1);
    await comes('the status', async () => (await status(right)).some(one => one.status === 'success'));
    assert.deepEqual(
      (await status(right)).map(one => one.description),
      ['Merging creates 1.'],
    );

    await gitea.api(bob, 'POST', `${at}/pulls/${number}/reviews`, { event: 'APPROVED', body: 'seen' });
    const approved = await change(number, ({ status: found }) => (found?.approvals?.length ?? 0) > 0);
    assert.deepEqual(
      approved.status?.approvals?.map(({ by, commit: about }) => [by, about]),
      [['bob', right]],
    );

    const reviewed = await change(
      number,
      ({ status: found }) =>
        found?.checks?.some(({ name, state }) => name === 'review' && state === 'Passed') ?? false,
    );
    assert.deepEqual(reviewed.status?.reviewers, ['bob']);

    await comes('the merge', () =>
      gitea.api(alice, 'POST', `${at}/pulls/${number}/merge`, { Do: 'merge' }).then(
        () => true,
        () => undefined,
      ),
    );
    await change(number, ({ status: found }) => found?.phase === 'Merged');
    assert.equal((await comment(number, /Merged/)).id, refused.id);
    // The push has the source's files read at once, though it looks by itself only once an hour.
    assert.equal((await comment(number, /\| staging \| provisioning/)).id, refused.id, 'it is kept current');
    const file = (await gitea.api(alice, 'GET', `${at}/contents/platform/staging.yaml`)) as { sha: string };
    await gitea.api(alice, 'DELETE', `${at}/contents/platform/staging.yaml`, {
      sha: file.sha,
      message: 'Enough',
    });
    await comment(number, /\| staging \| gone/);
    assert.equal((await comments(number)).length, 1);
  });

  test('[FRG3] a lost webhook is caught; after a restart nothing is said twice', async () => {
    const hooks = (await gitea.api(alice, 'GET', `${at}/hooks`)) as { id: number }[];
    for (const { id } of hooks) await gitea.api(alice, 'DELETE', `${at}/hooks/${id}`);
    const head = await commit('lost', true, 'platform/lost.yaml', 'kind: Nothing\n');
    const number = await propose('lost', `naughty <!-- --> ${'`'} @bob #1 | [x](y)`);
    await api('PATCH', `${team}/sources/infrastructure`, { spec: { interval: '1s' } });
    const first = await comment(number, /lost/);
    await change(number, ({ status: found }) => found?.plan?.commit === head);
    await stop();
    await start();
    // Once it has spoken of a newer commit, it has also looked at what it had said before.
    const next = await commit('lost', false, 'platform/other.yaml', request('eu-central-1'));
    await change(number, ({ status: found }) => found?.plan?.commit === next);
    await comes('its status', async () => (await status(next)).length > 0);
    assert.equal((await status(head)).length, 1);
    assert.deepEqual(
      (await comments(number)).map(({ id }) => id),
      [first.id],
    );
  });

  test('[FRG1] [FRG2] what is not a delivery is refused in words, and a replay dropped', async () => {
    const body = Buffer.from(
      JSON.stringify({ repository: { full_name: repository }, pull_request: { number: 1 } }),
    );
    const outcome = async (response: Response) => [
      response.status,
      ((await response.json()) as { outcome?: string; code?: string }).outcome,
    ];
    const id = { 'x-gitea-delivery': randomUUID() };
    assert.deepEqual(await outcome(await deliver(body, id)), [202, 'accepted']);
    assert.deepEqual(await outcome(await deliver(body, id)), [202, 'repeated']);
    assert.deepEqual(await outcome(await deliver(body, { 'x-gitea-event': 'wiki' })), [202, 'ignored']);
    const elsewhere = Buffer.from(
      JSON.stringify({ repository: { full_name: 'who/knows' }, pull_request: { number: 1 } }),
    );
    assert.deepEqual(await outcome(await deliver(elsewhere)), [202, 'ignored']);
    for (const [code, response] of [
      [401, await deliver(body, { 'x-gitea-signature': '0'.repeat(64) })],
      [401, await deliver(body, { 'x-gitea-signature': 'short' })],
      [
        401,
        await deliver(body.subarray(0, 20), {
          'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
        }),
      ],
      [404, await deliver(body, {}, 'nobody')],
      [404, await deliver(body, {}, '%00%2F..')],
      [400, await deliver(Buffer.from('{"repository"'))],
      [400, await deliver(Buffer.from('[]'))],
      [400, await deliver(Buffer.from(`${'['.repeat(100_000)}`))],
      [400, await deliver(body, { 'x-gitea-delivery': '' })],
      [413, await deliver(Buffer.alloc(4 * 1024 * 1024, 32))],
      [415, await deliver(body, { 'content-type': 'text/plain' })],
      [415, await deliver(body, { 'content-encoding': 'gzip' })],
    ] as const) {
      const text = await response.text();
      assert.equal(response.status, code, text);
      assert.ok(!text.includes(secret) && !text.includes(platform));
    }
    const other = await fetch(`http://127.0.0.1:${port}/api/forges/own/webhook`);
    assert.equal(other.status, 405);
    const said = lines.join('\n');
    for (const hidden of [secret, platform, adminToken]) assert.ok(!said.includes(hidden));
  });
});
