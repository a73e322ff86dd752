import { isPlatformError, type KindDefinition, type KindObject, kindId } from '@causeway/model';
import { verifyChain } from '../audit/verify-chain.ts';
import type { StoredAudit } from '../database/database.ts';
import type { Snapshot } from '../sql/snapshot.ts';
import { validateObject } from '../store/validate.ts';

/** What one look found. */
export interface Examination {
  /** A word: `audit`, `objects`. */
  readonly check: string;
  /** How many records, objects or repositories were looked at. */
  readonly examined: number;
  /** What is wrong, a sentence each; the first of them when there are many. */
  readonly findings: readonly string[];
}

const mostFindings = 50;

/** A list of findings that stops growing. */
export const collectFindings = () => {
  const findings: string[] = [];
  let more = 0;
  return {
    add(finding: string): void {
      if (findings.length < mostFindings) findings.push(finding);
      else more += 1;
    },
    all: (): string[] => (more > 0 ? [...findings, `and ${more} more`] : findings),
  };
};

async function* auditRecords(snapshot: Snapshot): AsyncGenerator<StoredAudit> {
  for await (const row of snapshot.rows('audit')) yield JSON.parse(row) as StoredAudit;
}

const verifyAuditRows = async (snapshot: Snapshot): Promise<Examination> => {
  const { records, brokenAt } = await verifyChain(auditRecords(snapshot), snapshot.head);
  const findings =
    brokenAt === undefined
      ? []
      : [`the chain breaks at record ${brokenAt}: it was changed, removed or inserted, or one before it`];
  return { check: 'audit', examined: records, findings };
};

/** The head against what there is: nothing lies beyond it, and after the floor no revision is missing. */
const verifyRevisions = async (snapshot: Snapshot): Promise<Examination> => {
  const { revision } = snapshot.head;
  const [row] = await snapshot.query(
    `SELECT (SELECT max(rv) FROM object) AS objects, max(rv) AS history, count(*) AS kept,
       (SELECT row_to_json(r)->>'floor' FROM revision r) AS floor FROM history`,
  );
  const findings = collectFindings();
  for (const [where, highest] of [
    ['an object', Number(row?.objects ?? 0)],
    ['the history', Number(row?.history ?? 0)],
  ] as const)
    if (highest > revision)
      findings.add(`${where} has revision ${highest}, the newest should be ${revision}`);
  if (row?.floor !== null && row?.floor !== undefined) {
    const floor = Number(row.floor);
    const [after] = await snapshot.query('SELECT count(*) AS kept FROM history WHERE rv > $1', [floor]);
    const missing = revision - floor - Number(after?.kept);
    if (missing !== 0)
      findings.add(
        `${missing} revisions are missing from the history after ${floor}, from where all should be there`,
      );
  }
  return { check: 'revisions', examined: Number(row?.kept ?? 0), findings: findings.all() };
};

interface ObjectRow {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly rv: number;
  readonly data: string;
}

const problemOf = (row: ObjectRow, kinds: ReadonlyMap<string, KindDefinition>): string | undefined => {
  const kind = kinds.get(row.kind);
  if (!kind) return 'its kind is not one of this version';
  let object: KindObject;
  try {
    object = JSON.parse(row.data) as KindObject;
  } catch {
    return 'it is not JSON';
  }
  const { name, namespace = '', resourceVersion } = object.metadata ?? {};
  if (name !== row.name || namespace !== row.namespace) return `it says that it is ${namespace}/${name}`;
  if (resourceVersion !== String(row.rv))
    return `it says resourceVersion ${resourceVersion}, its row ${row.rv}`;
  try {
    validateObject(kind, object, undefined, 'all');
    return undefined;
  } catch (error) {
    if (!isPlatformError(error)) return 'it does not have the shape of an object';
    return error.causes.map(({ field, message }) => `${field}: ${message}`).join('; ') || error.message;
  }
};

const verifyObjects = async (snapshot: Snapshot, kinds: readonly KindDefinition[]): Promise<Examination> => {
  const byId = new Map(kinds.map(kind => [kindId(kind), kind]));
  const findings = collectFindings();
  let examined = 0;
  for await (const text of snapshot.rows('object')) {
    const row = JSON.parse(text) as ObjectRow;
    examined += 1;
    const problem = problemOf(row, byId);
    if (problem) findings.add(`${row.kind} ${row.namespace}/${row.name}: ${problem}`);
  }
  return { check: 'objects', examined, findings: findings.all() };
};

/** Every object is what its newest change made of it, as far as that is kept. */
const verifyHistory = async (snapshot: Snapshot): Promise<Examination> => {
  const [row] = await snapshot.query(
    'SELECT count(DISTINCT (kind, namespace, name)) AS examined FROM history',
  );
  const differing = await snapshot.query(
    `WITH latest AS (SELECT DISTINCT ON (kind, namespace, name) * FROM history ORDER BY kind, namespace, name, rv DESC)
     SELECT kind, namespace, name, l.rv, l.type, o.rv AS there FROM latest l LEFT JOIN object o USING (kind, namespace, name)
     WHERE CASE WHEN l.type = 'DELETED' THEN o.rv IS NOT NULL ELSE o.rv IS DISTINCT FROM l.rv OR o.data <> l.data END
     LIMIT ${mostFindings}`,
  );
  const findings = differing.map(({ kind, namespace, name, rv, type, there }) => {
    const object = there === null ? 'it is not there' : `it has revision ${there}`;
    return `${kind} ${namespace}/${name}: its newest change is ${type} at revision ${rv}, and ${there === rv ? 'its content is another' : object}`;
  });
  return { check: 'history', examined: Number(row?.examined ?? 0), findings };
};

/** Looks at everything in the database as of one moment, one part after the other. */
export async function* verifyDatabase(
  snapshot: Snapshot,
  kinds: readonly KindDefinition[],
): AsyncGenerator<Examination> {
  yield await verifyAuditRows(snapshot);
  yield await verifyRevisions(snapshot);
  yield await verifyObjects(snapshot, kinds);
  yield await verifyHistory(snapshot);
}
