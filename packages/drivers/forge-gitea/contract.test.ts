import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { type ForgeUnderTest, realGitea, startGitea, testForgeContract } from '@causeway/testkit';
import { createGiteaForge } from './forge.ts';

const events = {
  change: 'pull_request',
  review: 'pull_request_approved',
  push: 'push',
  tag: 'push',
  ping: 'release',
};

/** A real Gitea, with alice who owns the repository, bob who works in it too, and a token of the platform’s own. */
const giteaUnderTest = async (): Promise<ForgeUnderTest> => {
  const gitea = await startGitea();
  const folder = await mkdtemp(join(tmpdir(), 'causeway-forge-'));
  const [alice, bob, token] = [
    await gitea.addUser('alice'),
    await gitea.addUser('bob'),
    await gitea.addUser('platform'),
  ];
  const repository = 'alice/payments';
  const at = `/repos/${repository}`;
  await gitea.api(alice, 'POST', '/user/repos', {
    name: 'payments',
    auto_init: true,
    default_branch: 'main',
  });
  for (const name of ['bob', 'platform'])
    await gitea.api(alice, 'PUT', `${at}/collaborators/${name}`, { permission: 'write' });
  const secret = randomBytes(16).toString('hex');
  const tokenFile = join(folder, 'token');
  const webhookSecretFile = join(folder, 'secret');
  await writeFile(tokenFile, `${token}\n`);
  await writeFile(webhookSecretFile, `${secret}\n`);
  const branches = new Set(['main']);
  const list = async <T>(path: string) => (await gitea.api(alice, 'GET', path)) as T[];
  return {
    repository,
    token,
    open: options =>
      createGiteaForge({ name: 'own', url: gitea.url, tokenFile, webhookSecretFile, ...options }),
    async commit(branch, files) {
      const known = branches.has(branch);
      branches.add(branch);
      const old = known ? branch : 'main';
      const changed = Object.entries(files).map(([path, text]) => ({
        operation: 'upload',
        path,
        content: Buffer.from(text).toString('base64'),
      }));
      const made = await gitea.api(alice, 'POST', `${at}/contents`, {
        message: 'change',
        branch: old,
        ...(known ? {} : { new_branch: branch }),
        files: changed,
      });
      return (made as { commit: { sha: string } }).commit.sha;
    },
    async propose(head, title, body) {
      const made = await gitea.api(alice, 'POST', `${at}/pulls`, { head, base: 'main', title, body });
      return (made as { number: number }).number;
    },
    async review(number, says) {
      const event = says === 'approve' ? 'APPROVED' : 'REQUEST_CHANGES';
      await gitea.api(bob, 'POST', `${at}/pulls/${number}/reviews`, { event, body: 'seen' });
    },
    async merge(number) {
      for (let attempt = 0; ; attempt++)
        try {
          await gitea.api(alice, 'POST', `${at}/pulls/${number}/merge`, { Do: 'merge' });
          return;
        } catch (error) {
          // Whether it can be merged is still being found out.
          if (attempt === 100) throw error;
          await new Promise(resolve => setTimeout(resolve, 100));
        }
    },
    async close(number) {
      await gitea.api(alice, 'PATCH', `${at}/pulls/${number}`, { state: 'closed' });
    },
    async say(number, body) {
      await gitea.api(bob, 'POST', `${at}/issues/${number}/comments`, { body });
    },
    comments: number => list(`${at}/issues/${number}/comments`),
    async statuses(commit) {
      const all = await list<{ context: string; status: string; description: string; target_url: string }>(
        `${at}/statuses/${commit}`,
      );
      return all.map(({ context, status, description, target_url }) => ({
        context,
        state: status,
        description,
        url: target_url,
      }));
    },
    delivery(event, body) {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
      return {
        body: bytes,
        headers: {
          'content-type': 'application/json',
          'x-gitea-delivery': randomUUID(),
          'x-gitea-event': events[event],
          'x-gitea-signature': createHmac('sha256', secret).update(bytes).digest('hex'),
        },
      };
    },
    async remove() {
      await gitea.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

describe('with a real Gitea', { skip: realGitea().skip }, () => {
  testForgeContract('Gitea', giteaUnderTest);
});
