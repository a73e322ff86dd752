import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EnvironmentRequestKind, PolicyKind, type Service, ServiceKind, SourceKind } from '@causeway/model';
import { judgeProposal } from '../../policy/push/judge-proposal.ts';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';

const commit = 'c'.repeat(40);
const request = (name: string, lifetime: string) =>
  `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: ${name}\nspec:\n  lifetime: ${lifetime}\n  services: [{name: api}]\n`;

describe('[SRC3] files of the platform are judged at the push', () => {
  let world: World;
  let service: Service;
  before(async () => {
    world = await createWorld();
    service = await world.engine.store.create(
      ServiceKind,
      { metadata: { namespace: 'shop', name: 'api' } },
      alice,
    );
    await world.engine.store.create(
      PolicyKind,
      celPolicy('short', 'object.spec.lifetime != "60d"', { match: { kinds: ['EnvironmentRequest'] } }),
      alice,
    );
    await world.capabilities.policies.settled();
  });
  after(() => world.close());

  /** A push of a branch whose tree holds these files, all of them changed unless said otherwise. */
  const judge = (branch: string, files: Record<string, string>, changed = Object.keys(files)) => {
    const entries = Object.entries(files).map(([path, text]) => ({
      path,
      type: 'file' as const,
      size: text.length,
      text,
    }));
    return judgeProposal(world.capabilities, service, {
      user: 'alice',
      updates: [{ ref: `refs/heads/${branch}`, before: 'a'.repeat(40), after: commit, kind: 'update' }],
      tree: {
        changes: async () => entries.filter(({ path }) => changed.includes(path)),
        entries: async () => entries,
        read: async ({ text }) => Buffer.from(text),
      },
    });
  };

  test('a refused plan refuses the push of the release branch, in the policy’s words, once', async () => {
    const { accept, lines } = await judge('main', { 'platform/env.yaml': request('long', '60d') });
    assert.equal(accept, false);
    assert.deepEqual(
      [lines[0], lines[1], lines.at(-1)],
      [
        'What the files of platform/ say is refused:',
        '  ✘ refused EnvironmentRequest/long (platform/env.yaml:1)',
        'Next: correct them as said, commit and push again.',
      ],
    );
    assert.match(lines.join('\n'), /✘ short: .*\n +Why: It hurts somebody\./);
    assert.equal(lines.filter(line => line.includes('✘ short')).length, 1);
    const [recorded] = await world.engine.decisions.read({ limit: 1 });
    assert.deepEqual([recorded?.name, recorded?.allowed], ['long', false]);
    const broken = await judge('main', { 'platform/env.yaml': 'kind: {' });
    assert.equal(broken.accept, false);
    assert.match(broken.lines.join('\n'), /✘ platform\/env\.yaml:\d: /);
  });

  test('elsewhere it is told', async () => {
    const wrong = await judge('idea', { 'platform/env.yaml': request('long', '60d') });
    assert.equal(wrong.accept, true);
    assert.equal(wrong.lines[0], '! Merging idea would be refused:');
    const right = await judge('idea', { 'platform/env.yaml': request('brief', '6d') });
    assert.deepEqual(right, {
      accept: true,
      lines: ['plan  merging idea would:', '  + EnvironmentRequest/brief (platform/env.yaml:1)'],
    });
  });

  test('a push that is not about them is not asked about them, unless it takes one away', async () => {
    const files = { 'platform/env.yaml': request('long', '60d'), 'index.html': 'hello' };
    assert.deepEqual(await judge('main', files, ['index.html']), { accept: true, lines: [] });
    const { store } = world.engine;
    await store.create(
      SourceKind,
      { metadata: { namespace: 'shop', name: 'api' }, spec: { service: 'api' } },
      alice,
    );
    await store.create(
      EnvironmentRequestKind,
      {
        metadata: {
          namespace: 'shop',
          name: 'old',
          annotations: { 'causeway.dev/source': 'api', 'causeway.dev/source-path': 'platform/old.yaml' },
        },
        spec: { lifetime: '1d', services: [{ name: 'api' }] },
      },
      alice,
    );
    const { accept, lines } = await judge('main', { 'index.html': 'hello' });
    assert.equal(accept, true);
    // Once there is an environment of it, a warning follows.
    assert.deepEqual(lines.slice(0, 2), [
      'plan  platform/:',
      '  - EnvironmentRequest/old (platform/old.yaml)',
    ]);
  });
});
