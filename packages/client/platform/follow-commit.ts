import { setTimeout as sleep } from 'node:timers/promises';
import { BuildKind, PlatformError, type Service, ServiceKind } from '@causeway/model';
import type { Client } from '../client.ts';
import { judgeDeploy } from './delivery-outcome.ts';
import { type FollowOptions, followDelivery } from './follow-delivery.ts';

const lookEveryMs = 100;
const looks = 150;

/** The number that the push or merge of a commit got, or the service when it brings nothing to build. Only the newest of several at once is built. */
const builtAs = async (
  client: Client,
  team: string,
  service: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<number | Service> => {
  const options = signal ? { signal } : {};
  for (let look = 0; look < looks; look += 1) {
    const { items } = await client
      .resource(BuildKind)
      .list({ namespace: team, fieldSelector: `spec.service=${service}`, ...options });
    const found = items
      .filter(({ spec }) => spec.commit === commit && spec.reason !== 'environment')
      .map(({ spec }) => spec.sequence);
    if (found.length > 0) return Math.max(...found);
    const now = await client.resource(ServiceKind).get(team, service, signal);
    const { push } = now.status ?? {};
    if (push?.commit === commit && push.repeats !== undefined) return now;
    await sleep(lookEveryMs, undefined, options);
  }
  throw new PlatformError('Conflict', `${commit.slice(0, 10)} of ${service} is not built by itself`, {
    next: `Something newer is, most likely: \`platform builds ${service}\`.`,
  });
};

/** Waits until the release of a commit that was pushed or merged serves, if it has one. Resolves to the service as it then is. */
export const followCommit = async (
  client: Client,
  { team, service, commit }: { readonly team: string; readonly service: string; readonly commit: string },
  options: FollowOptions = {},
): Promise<Service> => {
  const sequence = await builtAs(client, team, service, commit, options.signal);
  if (typeof sequence !== 'number') {
    const message = `Nothing to build: only files of the platform differ; ${sequence.status?.push?.repeats} goes on`;
    options.onProgress?.({ name: 'build', state: 'Skipped', message });
    return sequence;
  }
  const judge = judgeDeploy(service, sequence);
  return followDelivery(client, { team, name: service, build: sequence, judge }, options);
};
