import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Build, Rollout, Service } from '@causeway/model';
import { tellStory } from './story.ts';

const service = { metadata: { name: 'mailer', namespace: 'shop' } } as Service;

const story = (processes: Record<string, string>): string | undefined => {
  const build = {
    metadata: { name: 'mailer.1' },
    spec: { sequence: 1 },
    status: { phase: 'Succeeded', environments: [{ name: 'production' }], artifact: { processes } },
  } as unknown as Build;
  const rollout = {
    spec: { release: 'mailer.1', sequence: 1 },
    status: { phase: 'Serving', serving: { release: 'mailer.1' } },
  } as unknown as Rollout;
  const places = { rollout: () => rollout, url: () => 'http://mailer.localhost:7080' };
  return tellStory(service, build, places, 'mailer.1').lines.find(line => line.includes('serving'));
};

test('a push is told where it answers, and one of workers alone that it has no address', () => {
  assert.equal(story({ web: 'node server.js' }), '  ✔ serving  http://mailer.localhost:7080');
  assert.equal(
    story({ worker: 'node worker.js' }),
    '  ✔ serving  mailer.1; it has no web process, so no address',
  );
});
