import type { AuditRecord, StoredAudit } from '@causeway/engine';
import type { Operation } from './record.ts';
import type { Entry, TruthLog } from './truth-log.ts';

type Complain = (problem: string) => void;

const describe = ({ id, verb, name, since, until }: Operation): string =>
  `${id} (${verb} ${name}, from revision ${since} to ${until ?? 'for ever'})`;

/**
 * [ENG12] Single objects are linearizable. Revisions are one order of all writes, so it is enough that every
 * operation fits into it at a moment between its request and its answer.
 */
export const judgeOperation = (log: TruthLog, operation: Operation, complain: Complain): void => {
  const { verb, kind, name, since, outcome, code, revision, selects } = operation;
  if (outcome === undefined || outcome === 'unknown' || verb === 'ledger') return;
  const until = operation.until ?? Number.POSITIVE_INFINITY;
  const wrong = (why: string) => complain(`${describe(operation)}: ${why}`);
  if (outcome === 'refused') {
    if (code === 'NotFound' && !log.wasAbsent(kind, name, since, until))
      wrong('NotFound, but it was there all the time');
    if (code === 'AlreadyExists' && !log.wasThere(kind, name, since, until, () => true))
      wrong('AlreadyExists, but it was never there');
    if (
      code === 'Conflict' &&
      log.of(kind, name).some(entry => entry.revision === operation.expected && entry.next > until)
    )
      wrong('Conflict, but nobody else wrote it');
    return;
  }
  if (revision === undefined || operation.dryRun) return;
  if (verb === 'list') {
    const fits = operation.exact ? revision === operation.expected : revision >= since && revision <= until;
    if (!fits) wrong(`shows revision ${revision}`);
    const expected = log.state(kind, revision, selects).join();
    const shown = [...(operation.items ?? [])].sort().join();
    if (shown !== expected) wrong(`revision ${revision} is ${expected}, it shows ${shown}`);
    return;
  }
  const entry = log.at(revision);
  if (!entry || entry.name !== name || entry.kind !== kind)
    wrong(`answered with ${revision}, which it never was`);
  else if (revision > until || entry.next <= since)
    wrong(`answered with ${revision}, which was not its newest`);
};

const writer = (entry: Entry): string | undefined =>
  entry.kind.startsWith('widgets') && entry.type !== 'DELETED' ? String(entry.object.spec.write) : undefined;

/** [ENG2] [ENG3] Each write happened at most once, an acknowledged one exactly once and as it was acknowledged, a refused one never. */
export const judgeWrites = (
  log: TruthLog,
  audits: readonly StoredAudit[],
  operations: readonly Operation[],
  complain: Complain,
): void => {
  const seen = new Map<string, number[]>();
  const records = audits.map(audit => JSON.parse(audit.record) as AuditRecord);
  for (const { actor, resourceVersion } of records) {
    const id = actor.from ?? '';
    const revisions = seen.get(id);
    if (revisions) revisions.push(Number(resourceVersion));
    else seen.set(id, [Number(resourceVersion)]);
  }
  for (const operation of operations) {
    const { id, verb, outcome, revision, dryRun } = operation;
    if (verb === 'get' || verb === 'list' || verb === 'ledger') continue;
    const made = seen.get(id) ?? [];
    if (made.length > 1) complain(`${describe(operation)} happened ${made.length} times: ${made.join()}`);
    if (made.length > 0 && (outcome === 'refused' || dryRun))
      complain(
        `${describe(operation)} was ${dryRun ? 'a dry run' : `refused (${operation.code})`}, but made revision ${made.join()}`,
      );
    if (outcome === 'ok' && !dryRun && verb !== 'delete' && made[0] !== revision)
      complain(
        `${describe(operation)} was acknowledged as ${revision}, but made ${made.join() || 'nothing'}`,
      );
    if (
      outcome === 'ok' &&
      made[0] !== undefined &&
      !(made[0] > operation.since && made[0] <= (operation.until ?? made[0]))
    )
      complain(`${describe(operation)} made revision ${made[0]}, outside its time`);
    const first = made[0] === undefined ? undefined : log.at(made[0]);
    if (first && operation.expected !== undefined && first.before?.revision !== operation.expected)
      complain(
        `${describe(operation)} insisted on ${operation.expected}, but followed on ${first.before?.revision}`,
      );
  }
  for (const entry of log.entries) {
    const { before, object } = entry;
    const written = writer(entry);
    if (written === undefined || !before || written === writer(before)) continue;
    if (object.spec.count !== Number(before.object.spec.count) + 1)
      complain(
        `revision ${entry.revision} of ${entry.name} lost an update: count ${before.object.spec.count}, then ${object.spec.count}`,
      );
  }
};
