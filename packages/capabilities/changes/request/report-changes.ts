import {
  type ChangeRequest,
  ChangeRequestKind,
  type Check,
  isPlatformError,
  keyOf,
  type ObjectKey,
  ServiceKind,
} from '@causeway/model';
import type { TakenPush } from '../../delivery/push/report-push.ts';
import type { Changes } from './change-controller.ts';
import { openChange } from './open-change.ts';
import { changedBranches, changeOptions } from './push-options.ts';

const patienceMs = 15_000;

export interface PushWithOptions extends TakenPush {
  readonly options: readonly string[];
}

const mark = { Passed: '✔', Failed: '✘', Pending: '…', Skipped: '-' } as const;

/** What is wrong with its files, whoever pushes them has read above. */
const checkLines = ({ name, state, message }: Check): string[] => {
  const [first = '', ...rest] = message.split('\n');
  const more = name === 'plan' ? [] : rest;
  return [`  ${mark[state]} ${name.padEnd(8)} ${first}`, ...more.map(line => `    | ${line}`)];
};

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** What a change is, and what stands in its way. */
const storyOf = ({ spec, status, metadata }: ChangeRequest): string[] => {
  const { size, checks = [], mergeable } = status ?? {};
  const large = size
    ? `, ${counted(size.commits, 'commit')}, ${counted(size.files, 'file')} (+${size.added} −${size.removed})`
    : '';
  return [
    `  ${spec.source} → ${spec.target}${large}`,
    ...checks.flatMap(checkLines),
    ...(mergeable ? [`  ${mergeable.ready ? '✔' : '…'} ${'merge'.padEnd(8)} ${mergeable.message}`] : []),
    `  next: platform change ${mergeable?.ready ? 'merge' : 'describe'} ${metadata.name} --team ${metadata.namespace}`,
  ];
};

/** The change once it speaks of a commit, or as it is when that takes too long. */
const observed = async (
  { capabilities: { engine } }: Changes,
  key: ObjectKey,
  commit: string | undefined,
  signal: AbortSignal,
): Promise<ChangeRequest | undefined> => {
  const until = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const look = (): ChangeRequest | undefined => engine.store.peek(ChangeRequestKind, key);
  return new Promise(resolve => {
    const check = (): void => {
      const change = look();
      if (until.aborted || !change || change.status?.head === commit || change.status?.phase === 'Merged') {
        end();
        resolve(change);
      }
    };
    const end = engine.onChange(ChangeRequestKind, check);
    until.addEventListener('abort', check, { once: true });
    check();
  });
};

/** Opens what the push asks for, has open changes looked at again, and tells the pusher how they stand. */
export async function* reportChanges(
  changes: Changes,
  { id, user, updates, options }: PushWithOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { capabilities, nudge } = changes;
  const { store } = capabilities.engine;
  const key = { namespace: id.team, name: id.service };
  const service = store.peek(ServiceKind, key);
  if (!service) return;
  const moved = new Set(updates.map(({ ref }) => ref.replace('refs/heads/', '')));
  for (const change of notMerged(changes, key))
    if (moved.has(change.spec.source) || moved.has(change.spec.target)) nudge(keyOf(change));
  const asked = changeOptions(options);
  const target = asked?.target ?? service.spec.branch;
  for (const source of changedBranches(updates, target)) {
    const commit = updates.find(({ ref }) => ref === `refs/heads/${source}`)?.after;
    let found: { change: ChangeRequest; opened: boolean } | undefined;
    try {
      found = asked
        ? await openChange(capabilities, key, { ...asked, source }, { user, from: 'git' })
        : openFrom(changes, key, source);
    } catch (error) {
      if (!isPlatformError(error)) throw error;
      yield `${key.name}: ${source} is pushed, and no change request was opened: ${error.message}`;
      for (const line of error.evidence) yield `    | ${line}`;
      yield `  next: ${error.next}`;
    }
    if (!found) continue;
    const { change, opened } = found;
    yield `${key.name}: change request ${change.metadata.name} ${opened ? 'opened' : 'updated'}: ${change.spec.title}`;
    nudge(keyOf(change));
    const now = await observed(changes, keyOf(change), commit, signal);
    if (now) yield* storyOf(now);
  }
}

/** Those that a push may make others of, though their branch is gone: it may be back. */
const notMerged = ({ capabilities }: Changes, { namespace, name }: ObjectKey): ChangeRequest[] =>
  capabilities.engine.store.peekAll(
    ChangeRequestKind,
    namespace,
    ({ spec, status }) => spec.service === name && spec.forge === undefined && status?.phase !== 'Merged',
  );

const openFrom = (
  changes: Changes,
  key: ObjectKey,
  source: string,
): { change: ChangeRequest; opened: false } | undefined => {
  const change = notMerged(changes, key).find(({ spec }) => spec.source === source && !spec.closed);
  return change && { change, opened: false };
};
