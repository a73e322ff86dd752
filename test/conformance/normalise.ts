import type { Observation } from './run-script.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const time = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const address = /(?:https?:\/\/)?127\.0\.0\.1:\d+/g;
const age = /(?<![\w-])\d+(?:ms|s)\b/g;
/** A number that is said to be a version. */
const saidVersion = /(resource ?version[^0-9]{0,30}?)(\d+)/gi;
const inBrackets = /(resource version: \S+ \()(\d+)(?=\))/g;
const saidCurrent = /(, current: )(\d+)/g;
/** What kubectl logs, with the time and its process. */
const logLine = /^[EWI]\d{4} \d\d:.*\n/gm;

/** Calls back for each object in what was observed, in the order in which they were seen. */
const eachObject = (value: unknown, found: (object: Fields, metadata: Fields) => void): void => {
  if (Array.isArray(value)) for (const item of value) eachObject(item, found);
  else if (isFields(value)) {
    if (isFields(value.metadata) && typeof value.metadata.uid === 'string') found(value, value.metadata);
    for (const inner of Object.values(value)) eachObject(inner, found);
  }
};

interface Symbols {
  readonly uids: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
  /** Versions of objects, rising, with their symbols. */
  readonly ordered: readonly (readonly [number, string])[];
  readonly names: ReadonlyMap<string, string>;
}

const symbolsOf = (observations: readonly Observation[]): Symbols => {
  const uids = new Map<string, string>();
  const versionsByUid = new Map<string, Set<number>>();
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  eachObject(observations, (_object, { uid, name, generateName, resourceVersion }) => {
    if (typeof uid !== 'string' || typeof name !== 'string') return;
    let shown = names.get(name) ?? name;
    if (typeof generateName === 'string' && generateName !== '' && !names.has(name)) {
      const count = (counts.get(`${generateName}*`) ?? 0) + 1;
      counts.set(`${generateName}*`, count);
      shown = `${generateName.slice(0, 58)}<${count}>`;
      names.set(name, shown);
    }
    if (!uids.has(uid)) {
      const count = (counts.get(shown) ?? 0) + 1;
      counts.set(shown, count);
      uids.set(uid, count === 1 ? shown : `${shown}#${count}`);
      versionsByUid.set(uid, new Set());
    }
    if (typeof resourceVersion === 'string' && resourceVersion)
      versionsByUid.get(uid)?.add(Number(resourceVersion));
  });
  const ordered = [...versionsByUid]
    .flatMap(([uid, versions]) =>
      [...versions]
        .toSorted((a, b) => a - b)
        .map((version, index) => [version, `${uids.get(uid)}@${index + 1}`] as const),
    )
    .toSorted(([a], [b]) => a - b);
  return {
    uids,
    ordered,
    names,
    versions: new Map(ordered.map(([version, name]) => [String(version), name])),
  };
};

/** The version of a list or bookmark: at or after which of the objects' versions it is. Others may write in between. */
const since = ({ ordered }: Symbols, version: string): string =>
  `≥ ${ordered.findLast(([known]) => known <= Number(version))?.[1] ?? 'the beginning'}`;

const text = (symbols: Symbols, value: string): string => {
  let result = value
    .replaceAll(uuid, found => `<uid of ${symbols.uids.get(found) ?? 'nothing seen'}>`)
    .replaceAll(time, found => (found.includes('.') ? '<time.fraction>' : '<time>'))
    .replaceAll(address, '<server>')
    .replaceAll(
      saidVersion,
      (_, before: string, version: string) => `${before}${symbols.versions.get(version) ?? '<version>'}`,
    )
    .replaceAll(inBrackets, '$1<version>')
    .replaceAll(saidCurrent, '$1<version>');
  for (const [name, shown] of symbols.names) result = result.replaceAll(name, shown);
  return result;
};

/** What kubectl prints: columns are as wide as their content, which includes ages. */
const printed = (symbols: Symbols, value: string): string =>
  text(symbols, value.replaceAll(logLine, ''))
    .replaceAll(age, '<age>')
    .replaceAll(/(?<=\S) {2,}/g, '  ')
    .replaceAll(/ +$/gm, '');

const dateCells = (table: Fields): ReadonlySet<number> =>
  new Set(
    (Array.isArray(table.columnDefinitions) ? table.columnDefinitions : []).flatMap(
      (column: Fields, index) => (column.type === 'date' ? [index] : []),
    ),
  );

const normal = (symbols: Symbols, value: unknown): unknown => {
  if (typeof value === 'string') return text(symbols, value);
  if (Array.isArray(value)) return value.map(item => normal(symbols, item));
  if (!isFields(value)) return value;
  if (value.kind === 'Table' && Array.isArray(value.rows)) return table(symbols, value);
  return fields(symbols, value);
};

const fields = (symbols: Symbols, value: Fields): Fields =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name === 'resourceVersion' && typeof inner === 'string' && /^\d+$/.test(inner))
        return [name, value.uid ? (symbols.versions.get(inner) ?? '<version>') : since(symbols, inner)];
      if (name === 'continue' && inner) return [name, '<continue>'];
      if (unordered.has(name) && Array.isArray(inner)) return [name, sorted(symbols, inner)];
      // Managed fields name entries of lists by their keys, such as uids.
      return [text(symbols, name), normal(symbols, inner)];
    }),
  );

/** The kube-apiserver finds causes in the order of a Go map, and managers stand in the order of the seconds they wrote in. */
const unordered = new Set(['causes', 'managedFields']);

const sorted = (symbols: Symbols, items: readonly unknown[]): readonly unknown[] =>
  items
    .map(item => JSON.stringify(normal(symbols, item)))
    .toSorted()
    .map(item => JSON.parse(item));

/** Ages pass. In a watch of tables only the first has the columns, so ages are told by their looks there. */
const table = (symbols: Symbols, value: Fields): Fields => {
  const dates = dateCells(value);
  const rows = (value.rows as Fields[]).map(row => ({
    ...fields(symbols, row),
    cells: (row.cells as unknown[]).map((cell, index) =>
      dates.has(index) || (typeof cell === 'string' && /^\d+s$/.test(cell)) ? '<age>' : normal(symbols, cell),
    ),
  }));
  const { rows: _, ...rest } = value;
  return { ...fields(symbols, rest), rows };
};

/** What is left of a chapter when everything is named that differs from run to run. */
export const normalise = (observations: readonly Observation[]): readonly Observation[] => {
  const symbols = symbolsOf(observations);
  return observations.map(observation =>
    Object.fromEntries(
      Object.entries(observation).map(([name, value]) => [
        name,
        name === 'step' || name === 'asked'
          ? value
          : name === 'stdout' || name === 'stderr'
            ? printed(symbols, String(value))
            : normal(symbols, value),
      ]),
    ),
  ) as unknown as readonly Observation[];
};
