import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeDelivery } from '@causeway/contracts';
import type { ForgeUnderTest } from '@causeway/testkit';
import { createGitHubForge } from '../forge.ts';
import { startDocumentedGitHub } from './documented-github.ts';

const events = {
  change: 'pull_request',
  review: 'pull_request_review',
  push: 'push',
  tag: 'push',
  ping: 'ping',
};

/** A delivery as GitHub sends it. */
export const signedDelivery = (secret: string, event: string, body: unknown): ForgeDelivery => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return {
    body: bytes,
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': randomUUID(),
      'x-github-event': event,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
    },
  };
};

export const githubUnderTest = async () => {
  const repository = 'alice/payments';
  const token = `github_pat_${randomBytes(16).toString('hex')}`;
  const secret = randomBytes(16).toString('hex');
  const github = await startDocumentedGitHub(repository, token);
  await github.repo.commit('main', { 'README.md': '# payments\n' });
  const folder = await mkdtemp(join(tmpdir(), 'causeway-forge-'));
  const tokenFile = join(folder, 'token');
  const webhookSecretFile = join(folder, 'secret');
  await writeFile(tokenFile, `${token}\n`);
  await writeFile(webhookSecretFile, `${secret}\n`);
  const place: ForgeUnderTest = {
    repository,
    token,
    open: options =>
      createGitHubForge({ name: 'own', url: github.url, tokenFile, webhookSecretFile, ...options }),
    commit: (branch, files) => github.repo.commit(branch, files),
    propose: async (branch, title, body) => github.propose(branch, title, body),
    review: (number, says) => github.review(number, says === 'approve' ? 'APPROVED' : 'CHANGES_REQUESTED'),
    merge: number => github.end(number, 'merged'),
    close: number => github.end(number, 'closed'),
    say: async (number, text) => void github.say(number, text),
    comments: async number =>
      (github.comments.get(number) ?? []).map(({ id, body }) => ({ id, body: String(body) })),
    statuses: async commit =>
      (github.statuses.get(commit) ?? []).map(one => ({
        context: String(one.context),
        state: String(one.state),
        description: String(one.description),
        url: String(one.target_url),
      })),
    delivery: (event, body) => signedDelivery(secret, events[event], body),
    async remove() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return { ...place, github, secret };
};
