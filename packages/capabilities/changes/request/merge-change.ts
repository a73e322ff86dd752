import type { MergeMethod } from '@causeway/contracts';
import type { Actor } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  type ObjectKey,
  PlatformError,
  ServiceKind,
} from '@causeway/model';
import { readPushes } from '../../catalog/service/record-pushes.ts';
import { repositoryOf } from './branch-facts.ts';
import {
  mergedStatus,
  mergingMs,
  type ObservedChange,
  type Observer,
  observeChange,
} from './observe-change.ts';
import { openOne } from './open-one.ts';
import { judgeMerge } from './policy-check.ts';
import { stillGiven } from './who-may-approve.ts';

type Status = NonNullable<ChangeRequest['status']>;
type Open = NonNullable<ObservedChange['open']>;

/** How often a merge begins anew when the target branch moves meanwhile. */
const attempts = 5;

const messageFor = (method: MergeMethod, { metadata, spec }: ChangeRequest): string => {
  const first =
    method === 'squash' ? `${spec.title} (${metadata.name})` : `Merge ${metadata.name}: ${spec.title}`;
  return spec.description === undefined ? first : `${first}\n\n${spec.description}`;
};

/** What a merge needs now. Throws `NotMergeable` with what is in the way. */
const readyOne = async (observer: Observer, key: ObjectKey): Promise<{ change: ChangeRequest } & Open> => {
  const change = await openOne(observer.capabilities, key);
  const { status, open } = await observeChange(observer, change);
  if (open && status.mergeable?.ready) return { change, ...open };
  const evidence = (status.checks ?? [])
    .filter(({ state }) => state === 'Failed')
    .flatMap(({ name, message }) => message.split('\n').map(line => `${name}: ${line}`));
  throw new PlatformError(
    'NotMergeable',
    `${key.name} cannot be merged: ${status.mergeable?.message ?? 'it is not open'}`,
    { evidence, next: `See \`platform change describe ${key.name}\`.` },
  );
};

const refusedBy = (name: string, lines: readonly string[]): PlatformError =>
  new PlatformError('PolicyDenied', `the merge of ${name} is refused`, { evidence: lines });

const setStatus = (
  { capabilities }: Observer,
  key: ObjectKey,
  actor: Actor,
  next: (status: Status) => Status,
  act?: Readonly<Record<string, unknown>>,
): Promise<ChangeRequest> =>
  capabilities.engine.store.mutate(
    ChangeRequestKind,
    key,
    one => ({ ...one, status: next(one.status ?? {}) }),
    actor,
    { subresource: 'status', ...(act ? { act } : {}) },
  );

/** Only who says so first merges; what the merge leads to is known before the branch moves, whoever dies then. */
const begin = (
  observer: Observer,
  key: ObjectKey,
  merging: NonNullable<Status['merging']>,
  actor: Actor,
): Promise<ChangeRequest> =>
  setStatus(
    observer,
    key,
    actor,
    status => {
      const other = status.merging;
      const under = other && Date.parse(merging.at) - Date.parse(other.at) < mergingMs;
      if (status.merged || (under && (other.by !== merging.by || other.at !== merging.at)))
        throw new PlatformError(
          'NotMergeable',
          `${(status.merged ?? other)?.by} merges ${key.name} already`,
          {
            next: `See \`platform change describe ${key.name}\`.`,
          },
        );
      const { approvals } = status;
      const { store } = observer.capabilities.engine;
      return {
        ...status,
        // What is merged shows for good who stood behind it.
        ...(approvals ? { approvals: stillGiven(store, key.namespace, approvals) } : {}),
        merging,
      };
    },
    { status: { merging } },
  );

/**
 * Merges a change as somebody, if nothing is in the way. What judges pushes judges it before the branch moves, and the movement
 * is a push by who merges: it is built and released as one. Throws `NotMergeable`, `PolicyDenied`.
 */
export const mergeChange = async (
  observer: Observer,
  key: ObjectKey,
  method: MergeMethod,
  actor: Actor,
  nudgeService: (key: ObjectKey) => void,
): Promise<ChangeRequest> => {
  const { engine, changeSource } = observer.capabilities;
  const at = new Date(engine.clock.now()).toISOString();
  const by = actor.user;
  for (let attempt = 1; ; attempt += 1) {
    const { change, facts, checked } = await readyOne(observer, key);
    const judged = await judgeMerge(observer.capabilities, {
      change,
      facts,
      approvers: checked.approvers,
      by,
    });
    if (!judged.accept) throw refusedBy(key.name, judged.lines);
    const id = repositoryOf(change);
    const { head, target } = facts;
    const wanted = { method, target, head, by, message: messageFor(method, change) };
    const commit = await changeSource.merge(id, wanted);
    const merging = { by, at, commit: commit.id, method };
    const begun = begin(observer, key, merging, actor);
    const once = Promise.all([begun, commit.stored]);
    // Whoever moves the branch is told, unless it gives up before it asks.
    once.catch(() => {});
    const move = { branch: change.spec.target, from: target, to: commit.id, by, once };
    const outcome = await changeSource.move(id, move).catch(async error => {
      const hasBegun = await begun.then(() => true).catch(() => false);
      if (hasBegun) await giveUp(observer, key, merging, actor);
      throw error;
    });
    if (outcome.moved) {
      const recordPush = await pushTo(observer, change, nudgeService);
      const [merged] = await Promise.all([finish(observer, change, merging, actor), recordPush()]);
      return merged;
    }
    await giveUp(observer, key, merging, actor);
    if (outcome.because === 'refused') throw refusedBy(key.name, outcome.lines);
    if (attempt === attempts)
      throw new PlatformError('Conflict', `${change.spec.target} moves on again and again`, {
        next: 'Wait until others have pushed, then merge again.',
      });
  }
};

/**
 * Records the push that the merge is. In one commit with the word of the merge: what follows from the push waits for no other, and
 * who looks at the change finds it merged. Where that fails the service is looked at as after any push.
 */
const pushTo = async (
  { capabilities }: Observer,
  { metadata: { namespace = '' }, spec }: ChangeRequest,
  nudge: (key: ObjectKey) => void,
): Promise<() => Promise<unknown>> => {
  const key = { namespace, name: spec.service };
  const service = capabilities.engine.store.peek(ServiceKind, key);
  const record = service && (await readPushes(capabilities, service).catch(() => undefined));
  return async () => (record ? record().catch(() => nudge(key)) : nudge(key));
};

/** The branch did not move: nothing is under way any more. */
const giveUp = (
  observer: Observer,
  key: ObjectKey,
  { at }: NonNullable<Status['merging']>,
  actor: Actor,
): Promise<unknown> =>
  setStatus(observer, key, actor, status => {
    const { merging, ...rest } = status;
    return merging?.at === at ? rest : status;
  });

const finish = async (
  observer: Observer,
  { metadata, spec }: ChangeRequest,
  merged: NonNullable<Status['merged']>,
  actor: Actor,
): Promise<ChangeRequest> => {
  const { namespace = '', name } = metadata;
  const { clock, recordEvent } = observer.capabilities.engine;
  const now = new Date(clock.now()).toISOString();
  const stored = await setStatus(observer, { namespace, name }, actor, status =>
    mergedStatus(status, merged, spec.target, now),
  );
  recordEvent(stored, 'Normal', 'Merged', `${merged.by} merged it into ${spec.target} (${merged.method}).`);
  return stored;
};
