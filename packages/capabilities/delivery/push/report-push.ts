import type { RepositoryId } from '@causeway/contracts';
import { BuildKind, type ObjectKey, ServiceKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { type FindSequence, followBuild, type Unbuilt } from './follow-build.ts';

/** A push that the repository has taken. */
export interface TakenPush {
  readonly id: RepositoryId;
  readonly user: string;
  readonly updates: readonly {
    readonly ref: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
}

const short = (commit: string): string => commit.slice(0, 8);

/** Tells the pusher what becomes of the push: build, checks, rollout, URL. `nudge` makes the service’s controller look at once. */
export async function* reportPush(
  capabilities: Capabilities,
  push: TakenPush,
  nudge: (key: ObjectKey) => void,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { engine } = capabilities;
  const key = { namespace: push.id.team, name: push.id.service };
  nudge(key);
  const service = engine.store.peek(ServiceKind, key);
  if (!service) return;
  const { branch } = service.spec;
  const update = push.updates.find(one => one.ref === `refs/heads/${branch}`);
  if (!update?.after) {
    yield `${key.name}: kept. Pushes to ${branch} are released.`;
    return;
  }
  yield `${key.name}: ${short(update.after)} by ${push.user}`;
  const started = engine.clock.now();
  const outcome = yield* followBuild(
    capabilities,
    key,
    await findPush(capabilities, push.id, branch, update),
    signal,
  );
  const took = `${((engine.clock.now() - started) / 1000).toFixed(2)} s`;
  if (outcome === 'serving') yield `  live after ${took}`;
  else if (outcome === undefined && !signal.aborted)
    yield `  still going on; see: platform describe service ${key.name}`;
}

/** Which sequence the controller gave this movement of the branch. */
const findPush = async (
  { engine, repositories }: Capabilities,
  id: RepositoryId,
  branch: string,
  update: TakenPush['updates'][number],
): Promise<FindSequence> => {
  const recorded =
    engine.store.peek(ServiceKind, { namespace: id.team, name: id.service })?.status?.push?.entry ?? 0;
  const movements = await repositories.pushes(id, branch, Math.max(0, recorded - 100));
  const entry = movements.findLast(one => one.commit === update.after && one.before === update.before)?.entry;
  let known: number | Unbuilt | undefined;
  return service => {
    const push = service.status?.push;
    if (known !== undefined || !push || entry === undefined) return known;
    const repeats = push.repeats === undefined ? undefined : { repeats: push.repeats };
    if (push.entry === entry) known = repeats ?? push.sequence;
    else if (push.entry > entry) {
      // Recorded together with newer ones, or seen too late: it has a build only if it was the newest for a moment.
      const [build] = engine.store
        .peekAll(
          BuildKind,
          id.team,
          one =>
            one.spec.service === id.service && one.spec.commit === update.after && one.spec.reason === 'push',
        )
        .sort((a, b) => b.spec.sequence - a.spec.sequence);
      if (!build) return repeats ?? 'superseded';
      known = build.spec.sequence;
    }
    return known;
  };
};
