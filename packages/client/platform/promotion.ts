import {
  PlatformError,
  type Promotion,
  PromotionKind,
  productionEnvironment,
  RouteKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import type { Client } from '../client.ts';
import { waitUntil } from '../watch/wait-until.ts';
import { judgeServing } from './delivery-outcome.ts';
import { defaultTimeoutMs, type FollowOptions, followDelivery } from './follow-delivery.ts';

export interface PromoteOptions extends FollowOptions {
  readonly team?: string;
  /** The standing environment that is to serve it. */
  readonly to: string;
  /** Default: the environment before by order. */
  readonly from?: string;
  /** A release (`orders.7`) or its sequence (`7`). Default: what serves there. */
  readonly release?: string;
  /** Only approves what somebody else asked for. */
  readonly approve?: boolean;
  /** `false`: resolve once it is recorded. `gates`: also while its gates are closed, as long as the time allows. */
  readonly wait?: boolean | 'gates';
}

export interface Promoted {
  readonly promotion: Promotion;
  /** Where the service answers in that environment. */
  readonly url: string | undefined;
}

const isDecided = ({ metadata, status }: Promotion): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.phase !== undefined &&
  status.phase !== 'Waiting';

const waitingError = ({ metadata, spec, status }: Promotion): PlatformError =>
  new PlatformError('PromotionWaiting', `${spec.release} waits to be promoted to ${spec.environment}.`, {
    evidence:
      status?.waitsFor?.map(({ message, opensAt }) => (opensAt ? `${message} (${opensAt})` : message)) ?? [],
    next: `It goes on by itself when nothing is in the way any more. Withdraw it with: platform delete promotion ${metadata.name}`,
  });

/** Waits while gates are closed; a promotion that is withdrawn meanwhile is `NotFound`. */
const pastGates = async (
  client: Client,
  promotion: Promotion,
  { timeoutMs = defaultTimeoutMs, signal }: FollowOptions,
): Promise<Promotion> => {
  const { name, namespace = '' } = promotion.metadata;
  const rest = signal ? { signal } : {};
  const decided = await waitUntil(
    client,
    PromotionKind,
    namespace,
    name,
    now => now === undefined || isDecided(now),
    { timeoutMs, ...rest },
  ).catch(error => {
    throw error instanceof PlatformError && error.code === 'Timeout' ? waitingError(promotion) : error;
  });
  if (!decided) throw new PlatformError('NotFound', `The promotion ${name} has been withdrawn.`);
  const { failure } = decided.status ?? {};
  if (decided.status?.phase === 'Refused' && failure)
    throw new PlatformError(failure.code, failure.message, {
      evidence: failure.evidence,
      next: failure.next,
    });
  return decided;
};

/** Where a service answers in an environment, by the route that leads there. */
const urlIn = async (client: Client, { metadata, status }: Service, environment: string) => {
  if (environment === productionEnvironment || !status?.url) return status?.url;
  const route = await client
    .resource(RouteKind)
    .get(metadata.namespace ?? '', `${metadata.name}.${environment}`)
    .catch(() => undefined);
  const host = route?.spec.hostnames[0];
  if (host === undefined) return undefined;
  const { protocol, port } = new URL(status.url);
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
};

/** Asks for a promotion and follows it. Throws `PromotionWaiting` while gates are closed and nobody waits for them. */
export const promoteService = async (
  client: Client,
  team: string,
  name: string,
  { to, from, release, approve, wait = true, ...follow }: Omit<PromoteOptions, 'team'>,
): Promise<Promoted> => {
  const body = {
    to,
    ...(from === undefined ? {} : { from }),
    ...(release === undefined ? {} : { release }),
    ...(approve ? { approve } : {}),
  };
  let promotion = (await client.action(ServiceKind, team, name, 'promote', body)) as Promotion;
  if (wait === false) return { promotion, url: undefined };
  if (!isDecided(promotion)) {
    if (wait !== 'gates') throw waitingError(promotion);
    promotion = await pastGates(client, promotion, follow);
  }
  const service = await followDelivery(
    client,
    {
      team,
      name,
      build: 'none',
      environment: to,
      judge: judgeServing(promotion.spec.release),
    },
    follow,
  );
  return { promotion, url: await urlIn(client, service, to) };
};
