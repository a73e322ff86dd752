import type { Actor, Store } from '@causeway/engine';
import {
  closestNames,
  type Environment,
  type ObjectKey,
  PlatformError,
  type Promotion,
  PromotionKind,
  type Release,
  ReleaseKind,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { ownedBy, serviceLabel } from '../../owned-by.ts';
import type { Capabilities } from '../../settings.ts';
import { isWaiting } from './promotion-status.ts';
import { orderOf, standingEnvironments } from './standing-environments.ts';

export interface PromotionWish {
  readonly to: string;
  /** Default: the environment before by order. */
  readonly from?: string;
  /** `payments-api.7` or `7`. Default: what serves there. */
  readonly release?: string;
  /** Only approves what somebody else asked for. */
  readonly approve?: boolean;
}

const decisionWaitMs = 10_000;

/**
 * Asks for the release that serves in the environment before, or the one named, to serve in another; when somebody else has
 * asked for the same, that approves it. Answers with the promotion as soon as it has been looked at: `Promoted`, or `Waiting`
 * with what is in the way. Throws `PolicyDenied`, and what is wrong with the wish.
 */
export const promote = async (
  capabilities: Capabilities,
  key: ObjectKey,
  wish: PromotionWish,
  actor: Actor,
): Promise<Promotion> => {
  const { engine, guarded } = capabilities;
  const { store } = engine;
  const { namespace, name } = key;
  const service = await store.get(ServiceKind, key);
  const environments = standingEnvironments(store, namespace, name);
  const target = named(environments, wish.to, 'to');
  const promotionKey = { namespace, name: `${name}.${wish.to}` };
  const known = store.peek(PromotionKind, promotionKey);
  const pending = known && isWaiting(known) ? known : undefined;
  const at = new Date(engine.clock.now()).toISOString();
  const wanted = wish.approve
    ? toApprove(pending, key, wish, actor)
    : await wantedOf(store, key, environments, target, wish);
  // Asked inside the write: somebody else may ask for another release meanwhile, and that has nobody's approval.
  const isSame = (one: Promotion): boolean =>
    isWaiting(one) && one.spec.release === wanted.release && one.spec.from === wanted.from;

  const next = (before: Promotion | undefined): Promotion['spec'] => {
    if (before && isSame(before)) return approvedBy(before.spec, actor.user, at);
    if (wish.approve) throw overtaken(key, wish);
    return {
      service: name,
      environment: wish.to,
      ...wanted,
      requestedBy: actor.user,
      requestedAt: at,
      approvals: [],
    };
  };
  const written = known
    ? await guarded.mutate(PromotionKind, promotionKey, one => ({ ...one, spec: next(one) }), actor)
    : await guarded.create(
        PromotionKind,
        {
          metadata: {
            ...promotionKey,
            labels: { [serviceLabel]: name },
            ownerReferences: [ownedBy(service)],
          },
          spec: next(undefined),
        },
        actor,
      );
  return decided(capabilities, written);
};

const overtaken = ({ name }: ObjectKey, { to }: PromotionWish): PlatformError =>
  new PlatformError('Conflict', `what waited for approval to be promoted to ${to} is another by now`, {
    next: `Look at it: platform get promotion ${name}.${to}`,
  });

const approvedBy = (spec: Promotion['spec'], by: string, at: string): Promotion['spec'] =>
  spec.requestedBy === by || spec.approvals.some(one => one.by === by)
    ? spec
    : { ...spec, approvals: [...spec.approvals, { by, at }] };

const toApprove = (
  pending: Promotion | undefined,
  { name }: ObjectKey,
  { to, release }: PromotionWish,
  { user }: Actor,
): Pick<Promotion['spec'], 'release' | 'from'> => {
  if (!pending)
    throw new PlatformError('NotFound', `no promotion of ${name} to ${to} waits for approval`, {
      next: `Ask for one: platform promote ${name} --to ${to}`,
    });
  if (release !== undefined && releaseName(name, release) !== pending.spec.release)
    throw new PlatformError(
      'Conflict',
      `what waits for approval is ${pending.spec.release}, not ${releaseName(name, release)}`,
      { next: `Look at it, then approve it: platform promote ${name} --to ${to} --approve` },
    );
  if (user === pending.spec.requestedBy)
    throw new PlatformError('Forbidden', `${user} asked for it, so somebody else must approve it`, {
      evidence: pending.status?.waitsFor?.map(({ message }) => message) ?? [],
      next: `Ask another member of the team to run: platform promote ${name} --to ${to} --approve`,
    });
  const { from } = pending.spec;
  return { release: pending.spec.release, ...(from === undefined ? {} : { from }) };
};

const named = (environments: readonly Environment[], name: string, option: string): Environment => {
  const found = environments.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const names = environments.map(({ metadata }) => metadata.name);
  const [near] = closestNames(name, names);
  throw new PlatformError('NotFound', `there is no standing environment '${name.slice(0, 63)}' (${option})`, {
    evidence: [`Offered: ${names.join(', ')}.`],
    next:
      near === undefined
        ? 'Name one of them, or make one: an Environment with type standing.'
        : `Did you mean '${near}'?`,
  });
};

const releaseName = (service: string, text: string): string =>
  /^\d+$/.test(text) ? `${service}.${text}` : text;

/** The environment before by order; the wish may name another. */
const sourceOf = (
  environments: readonly Environment[],
  target: Environment,
  wish: PromotionWish,
): Environment | undefined => {
  if (wish.from !== undefined) {
    const from = named(environments, wish.from, 'from');
    if (from !== target) return from;
    throw new PlatformError('Invalid', `${wish.from} cannot be promoted to itself`, {
      next: 'Name two environments.',
    });
  }
  const before = environments.filter(one => one !== target && orderOf(one) < orderOf(target));
  const last = Math.max(...before.map(orderOf));
  const nearest = before.filter(one => orderOf(one) === last);
  if (nearest.length > 1)
    throw new PlatformError(
      'Invalid',
      `${nearest.map(({ metadata }) => metadata.name).join(' and ')} both come right before ${target.metadata.name}`,
      { next: 'Say which with --from, or give them different orders.' },
    );
  return nearest[0];
};

const wantedOf = async (
  store: Store,
  { namespace, name }: ObjectKey,
  environments: readonly Environment[],
  target: Environment,
  wish: PromotionWish,
): Promise<Pick<Promotion['spec'], 'release' | 'from'>> => {
  const source = sourceOf(environments, target, wish);
  const from = source?.metadata.name;
  const known = from === undefined ? {} : { from };
  if (wish.release !== undefined)
    return { release: kept(store, { namespace, name }, wish.release).metadata.name, ...known };
  const to = target.metadata.name;
  if (from === undefined)
    throw new PlatformError('Invalid', `no environment comes before ${to} by order`, {
      next: `Name a release, platform promote ${name} --to ${to} --release 1, or give ${to} a higher spec.order than another.`,
    });
  const serving = store.peek(RolloutKind, { namespace, name: `${name}.${from}` })?.status?.serving;
  if (!serving)
    throw new PlatformError(
      'ReleaseNotFound',
      `nothing of ${name} serves in ${from} that could be promoted to ${to}`,
      {
        next: `Bring something there first: platform deploy ${name}, or name a release with --release.`,
      },
    );
  return { release: serving.release, ...known };
};

const kept = (store: Store, { namespace, name }: ObjectKey, text: string): Release => {
  const wanted = releaseName(name, text);
  const releases = store
    .peekAll(ReleaseKind, namespace, one => one.spec.service === name && one.spec.reason !== 'environment')
    .sort((a, b) => b.spec.sequence - a.spec.sequence);
  const found = releases.find(({ metadata }) => metadata.name === wanted);
  if (found) return found;
  throw new PlatformError('ReleaseNotFound', `${name} keeps no release '${text.slice(0, 100)}'`, {
    evidence: [`Kept: ${releases.map(({ metadata }) => metadata.name).join(', ') || 'none'}.`],
  });
};

/** Waits until the promotion has been looked at as it was written. */
const decided = async ({ engine }: Capabilities, written: Promotion): Promise<Promotion> => {
  const key = { namespace: written.metadata.namespace ?? '', name: written.metadata.name };
  const generation = written.metadata.generation ?? 0;
  const look = (): Promotion | undefined => {
    const now = engine.store.peek(PromotionKind, key);
    return (now?.status?.observedGeneration ?? 0) >= generation ? now : undefined;
  };
  const promotion =
    look() ??
    (await new Promise<Promotion>(resolve => {
      const end = (found: Promotion) => {
        stop();
        resolve(found);
      };
      const stop = engine.onChange(PromotionKind, ({ object }) => {
        if (object.metadata.name !== key.name || object.metadata.namespace !== key.namespace) return;
        const found = look();
        if (found) end(found);
      });
      engine.clock.after(decisionWaitMs, () => end(look() ?? written));
      const found = look();
      if (found) end(found);
    }));
  const { phase, failure } = promotion.status ?? {};
  if (phase !== 'Refused' || !failure) return promotion;
  const { code, message, evidence, next } = failure;
  throw new PlatformError(code, message, { evidence, next });
};
