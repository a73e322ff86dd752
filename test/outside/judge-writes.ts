import { keyOfSeen, type Operation, type WatchedEvent } from './history.ts';
import type { Truth } from './truth.ts';

export interface WritesVerdict {
  readonly problems: string[];
  /**
   * The operations with what the database says became of those without an answer: those that left no trace are gone, the
   * others have the object that they made and no end, for nobody knows when their client would have been told.
   */
  readonly resolved: Operation[];
  readonly acknowledged: number;
  /** Writes without an answer, and how many of them happened. */
  readonly unknown: number;
  readonly happened: number;
}

const mightHaveWritten = ({ op, dryRun, result }: Operation): boolean =>
  op !== 'get' && !dryRun && (result === 'ok' || result === 'unknown');

const userOf = (client: number): string => `client-${client}`;

/**
 * [ENG6] Every acknowledged write is in history and audit as its client was told, every change in the history was asked
 * for exactly once, and the table of objects is what the history makes.
 */
export const judgeWrites = (operations: readonly Operation[], truth: Truth): WritesVerdict => {
  const problems = truth.gaps.map(gap => `[ENG1] ${gap}`);
  const byMark = new Map<string, Operation>();
  const deletions = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (!mightHaveWritten(operation)) continue;
    if (operation.op !== 'delete') byMark.set(operation.given.description, operation);
    else deletions.set(operation.key, [...(deletions.get(operation.key) ?? []), operation]);
  }

  /** Which change each operation made. */
  const made = new Map<Operation, WatchedEvent>();
  const present = new Map<string, WatchedEvent['object']>();
  for (const event of truth.events) {
    const { object, type } = event;
    const key = keyOfSeen(object);
    const before = present.get(key);
    if ((before === undefined) !== (type === 'ADDED'))
      problems.push(
        `revision ${object.version}: ${type} of ${key}, which was ${before ? 'there' : 'absent'}`,
      );
    if (type === 'DELETED') present.delete(key);
    else present.set(key, object);
    const cause =
      type === 'DELETED'
        ? deleterOf(deletions.get(key) ?? [], before, truth.audit.get(object.version)?.user)
        : byMark.get(object.description);
    if (!cause || cause.key !== key)
      problems.push(`revision ${object.version}: nobody asked for ${type} of ${key} "${object.description}"`);
    else if (made.has(cause))
      problems.push(
        `${describe(cause)} happened twice, at ${made.get(cause)?.object.version} and ${object.version}`,
      );
    else made.set(cause, event);
    problems.push(...auditProblems(event, cause, truth));
  }

  for (const object of truth.objects) {
    const expected = present.get(keyOfSeen(object));
    if (expected?.digest !== object.digest)
      problems.push(
        `the table holds ${keyOfSeen(object)} at ${object.version}, the history makes ${expected?.version}`,
      );
    present.delete(keyOfSeen(object));
  }
  for (const [key, object] of present) problems.push(`the table lacks ${key} of revision ${object.version}`);

  const resolved: Operation[] = [];
  let acknowledged = 0;
  let unknown = 0;
  let happened = 0;
  for (const operation of operations) {
    const event = made.get(operation);
    if (operation.result === 'unknown') {
      unknown += 1;
      if (!event) continue;
      happened += 1;
      resolved.push({ ...operation, result: 'ok', object: event.object });
    } else if (mightHaveWritten(operation)) {
      acknowledged += 1;
      if (!event) problems.push(`[ENG6] ${describe(operation)} was acknowledged and is lost`);
      else if (operation.op === 'delete' && operation.deletedUid !== event.object.uid)
        problems.push(`${describe(operation)} was told another uid than it deleted`);
      else if (operation.op !== 'delete' && operation.object?.digest !== event.object.digest)
        problems.push(`[ENG6] ${describe(operation)} was told something else than was stored`);
      resolved.push(event ? { ...operation, object: event.object } : operation);
    } else resolved.push(operation);
  }
  return { problems, resolved, acknowledged, unknown, happened };
};

/** Whose request deleted an object: its precondition names the object, and the audit the client. */
const deleterOf = (
  candidates: readonly Operation[],
  before: WatchedEvent['object'] | undefined,
  user: string | undefined,
): Operation | undefined => {
  const fitting = candidates.filter(
    one =>
      userOf(one.client) === user &&
      (one.expectUid === undefined || one.expectUid === before?.uid) &&
      (one.expectVersion === undefined || one.expectVersion === before?.version),
  );
  return fitting.find(one => one.result === 'ok') ?? fitting[0];
};

/** [ENG8] */
const auditProblems = (
  { object, type }: WatchedEvent,
  cause: Operation | undefined,
  { audit }: Truth,
): string[] => {
  const record = audit.get(object.version);
  if (!record) return [`[ENG8] revision ${object.version} has no audit record`];
  const verb = type === 'ADDED' ? 'create' : type === 'DELETED' ? 'delete' : 'update';
  if (record.uid !== object.uid || record.verb !== verb)
    return [`[ENG8] the audit record of revision ${object.version} is about something else`];
  if (cause && record.user !== userOf(cause.client))
    return [
      `[ENG8] the audit says that ${record.user} made revision ${object.version}, and it was ${userOf(cause.client)}`,
    ];
  return [];
};

const describe = ({ op, key, client, given }: Operation): string =>
  `${op} of ${key} by client ${client}${given.description ? ` "${given.description}"` : ''}`;
