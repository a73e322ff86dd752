import { setTimeout as sleep } from 'node:timers/promises';
import { BuildKind, PlatformError, type Service } from '@causeway/model';
import type { Client } from '../client.ts';
import { judgeDeploy } from './delivery-outcome.ts';
import { type FollowOptions, followDelivery } from './follow-delivery.ts';

const lookEveryMs = 100;
const looks = 150;

/** The number that the push or merge of a commit got. Only the newest of several at once is built. */
const sequenceOf = async (
  client: Client,
  team: string,
  service: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<number> => {
  const options = signal ? { signal } : {};
  for (let look = 0; look < looks; look += 1) {
    const { items } = await client
      .resource(BuildKind)
      .list({ namespace: team, fieldSelector: `spec.service=${service}`, ...options });
    const found = items
      .filter(({ spec }) => spec.commit === commit && spec.reason !== 'environment')
      .map(({ spec }) => spec.sequence);
    if (found.length > 0) return Math.max(...found);
    await sleep(lookEveryMs, undefined, options);
  }
  throw new PlatformError('Conflict', `${commit.slice(0, 10)} of ${service} is not built by itself`, {
    next: `Something newer is, most likely: \`platform builds ${service}\`.`,
  });
};

/** Waits until the release of a commit that was pushed or merged serves. Resolves to the service as it then is. */
export const followCommit = async (
  client: Client,
  { team, service, commit }: { readonly team: string; readonly service: string; readonly commit: string },
  options: FollowOptions = {},
): Promise<Service> => {
  const sequence = await sequenceOf(client, team, service, commit, options.signal);
  const judge = judgeDeploy(service, sequence);
  return followDelivery(client, { team, name: service, build: sequence, judge }, options);
};
