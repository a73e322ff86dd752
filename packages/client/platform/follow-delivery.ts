import {
  type Build,
  BuildKind,
  findCondition,
  PlatformError,
  productionEnvironment,
  type Rollout,
  RolloutKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import type { Client } from '../client.ts';
import { isLasting } from '../watch/wait-until.ts';
import type { Judge } from './delivery-outcome.ts';
import { type DeliveryState, type DeliveryStep, stepsOf } from './delivery-steps.ts';

export interface FollowOptions {
  /** Each step when its state or message changes. */
  readonly onProgress?: (step: DeliveryStep) => void;
  /** Milliseconds. Default ten minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Followed {
  readonly team: string;
  readonly name: string;
  /** Which builds belong to it: the one of a sequence, the newest, or none. */
  readonly build: number | 'newest' | 'none';
  /** Whose rollout is followed. Default: where the build goes, production before others. */
  readonly environment?: string;
  readonly judge: Judge;
}

export const defaultTimeoutMs = 600_000;
const graceMs = 500;

/** Where a build goes, production before others, and else the last in their order. */
const environmentOf = (build: Build | undefined): string => {
  const names = (build?.status?.environments ?? [])
    .filter(({ refused }) => refused === undefined)
    .map(({ name }) => name);
  return names.includes(productionEnvironment)
    ? productionEnvironment
    : (names.at(-1) ?? productionEnvironment);
};

/** Tells each step once per state and message. */
const progressTeller = (tell: (step: DeliveryStep) => void) => {
  const told = new Map<string, string>();
  return (steps: readonly DeliveryStep[]): void => {
    for (const step of steps) {
      const now = `${step.state} ${step.message}`;
      if (told.get(step.name) === now) continue;
      told.set(step.name, now);
      tell(step);
    }
  };
};

const timeoutError = (name: string, timeoutMs: number, { service }: DeliveryState): PlatformError => {
  const waitsFor = findCondition(service?.status?.conditions, 'Ready')?.message;
  return new PlatformError('Timeout', `${name} is not there after ${Math.round(timeoutMs / 1000)} s.`, {
    evidence: waitsFor ? [waitsFor] : [],
    next: `It goes on by itself: \`platform describe service ${name}\` shows how far it is.`,
  });
};

/** Waits for what the judge says of a service, through disconnects. Resolves to the service as it then is. */
export const followDelivery = (
  client: Client,
  followed: Followed,
  options: FollowOptions = {},
): Promise<Service> => {
  const { team, name, judge } = followed;
  const { timeoutMs = defaultTimeoutMs } = options;
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;
  const tell = progressTeller(options.onProgress ?? (() => {}));
  let service: Service | undefined;
  let build: Build | undefined;
  const rollouts = new Map<string, Rollout>();
  const since = typeof followed.build === 'number' ? followed.build : 0;

  return new Promise<Service>((resolve, reject) => {
    const state = (): DeliveryState => {
      const rollout = rollouts.get(followed.environment ?? environmentOf(build));
      return {
        ...(service ? { service } : {}),
        ...(build ? { build } : {}),
        ...(rollout ? { rollout } : {}),
      };
    };
    const timer = setTimeout(() => end(() => reject(timeoutError(name, timeoutMs, state()))), timeoutMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      ending.abort();
      settle();
    };
    let failure: unknown;
    const look = (): void => {
      if (ending.signal.aborted || !service) return;
      const now = service;
      // The repository is a step of the creation alone.
      const steps = stepsOf(
        followed.build === 'newest' ? state() : { ...state(), service: undefined },
        since,
      );
      tell(steps);
      try {
        if (judge(state())) end(() => resolve(now));
      } catch (error) {
        // The kinds come over connections of their own: the step that failed may still be on its way.
        if (steps.some(step => step.state === 'Failed')) end(() => reject(error));
        else if (failure === undefined) setTimeout(() => end(() => reject(failure)), graceMs);
        failure = error;
      }
    };
    const onError = (error: PlatformError): void => {
      if (isLasting(error)) end(() => reject(error));
    };
    options.signal?.addEventListener('abort', () => end(() => reject(options.signal?.reason)), {
      once: true,
    });
    if (options.signal?.aborted) return end(() => reject(options.signal?.reason));

    const ofService = { namespace: team, signal, onError };
    client.inform(ServiceKind, {
      ...ofService,
      fieldSelector: `metadata.name=${name}`,
      onChange: (type, object) => {
        if (type === 'DELETED')
          return end(() => reject(new PlatformError('NotFound', `The service ${name} has been deleted.`)));
        service = object;
        look();
      },
    });
    if (followed.build !== 'none')
      client.inform(BuildKind, {
        ...ofService,
        fieldSelector: `spec.service=${name}`,
        onChange: (type, object) => {
          const { sequence } = object.spec;
          const concerns =
            followed.build === 'newest'
              ? sequence >= (build?.spec.sequence ?? 0)
              : sequence === followed.build;
          if (type === 'DELETED' || !concerns || object.spec.reason === 'environment') return;
          build = object;
          look();
        },
      });
    client.inform(RolloutKind, {
      ...ofService,
      fieldSelector: `spec.service=${name}`,
      onChange: (type, object) => {
        const { environment } = object.spec;
        if (type === 'DELETED') rollouts.delete(environment);
        else rollouts.set(environment, object);
        look();
      },
    });
  });
};
