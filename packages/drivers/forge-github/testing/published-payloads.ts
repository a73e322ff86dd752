import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

type Payload = Readonly<Record<string, unknown>>;

/** Deliveries of each event of GitHub, as @octokit/webhooks-examples publishes them. */
export const publishedPayloads = (): readonly { name: string; examples: readonly Payload[] }[] =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'));
