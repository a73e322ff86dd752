import {
  type FieldSchema,
  type FieldSet,
  type Fields,
  fieldsOf,
  isFields,
  type KindDefinition,
  type KindObject,
} from '@causeway/model';
import { objectMetaSchema } from '../openapi/object-meta-schema.ts';

/**
 * Server-side apply as slowly as it reads (Kubernetes, "Server-Side Apply"), to compare the real one with: an object is a
 * map of paths, a manager a set of them, and every rule a sentence over paths. Shares no code with `../apply`.
 */

/** A place in an object that may have an owner. */
export interface Place {
  /** Of what has no places below: canonical JSON. */
  readonly value: string | undefined;
  /** Named in the schema, and not by the data. */
  readonly declared: boolean;
  /** Whoever applies it owns it; a declared container is only where the owned ones are. */
  readonly owned: boolean;
}

/** Elements as in `fieldsV1`, joined. */
export type Path = string;
export type Places = Map<Path, Place>;
/** By manager: its name, operation and subresource, with blanks between. */
export type Owners = Map<string, Set<Path>>;

const join = (path: Path, element: string): Path => (path === '' ? element : `${path}\0${element}`);
const elementsOf = (path: Path): string[] => path.split('\0');
export const isWithin = (path: Path, above: Path): boolean => path === above || path.startsWith(`${above}\0`);
/** A path and all above it. */
export const upwards = (path: Path): Path[] =>
  elementsOf(path).map((_, index, all) => all.slice(0, index + 1).join('\0'));

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = Object.keys(value).filter(name => value[name] !== undefined);
  return `{${names.sort().map(name => `${JSON.stringify(name)}:${canonical(value[name])}`)}}`;
};

const itemElement = (list: FieldSchema, item: unknown): string => {
  if (list['x-kubernetes-list-type'] === 'set') return `v:${canonical(item)}`;
  const keys = list['x-kubernetes-list-map-keys'] as string[];
  const named = keys.map(key => [key, (item as Fields)[key] ?? list.items?.properties?.[key]?.default]);
  return `k:${canonical(Object.fromEntries(named.filter(([, value]) => value !== undefined)))}`;
};

/** Of a field of an object. */
const schemaOf = ({ properties = {}, additionalProperties }: FieldSchema, name: string): FieldSchema => {
  const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return known ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
};

const collect = (schema: FieldSchema, value: unknown, path: Path, declared: boolean, into: Places): void => {
  const isSplitList =
    Array.isArray(value) && ['set', 'map'].includes(String(schema['x-kubernetes-list-type']));
  const isSplitMap = isFields(value) && schema['x-kubernetes-map-type'] !== 'atomic';
  if (!isSplitList && !isSplitMap) {
    into.set(path, { value: canonical(value), declared, owned: true });
    return;
  }
  const empty = isSplitMap && Object.keys(value).length === 0;
  if (path !== '') into.set(path, { value: undefined, declared, owned: !declared || empty });
  if (isSplitList)
    for (const item of value)
      collect(schema.items ?? {}, item, join(path, itemElement(schema, item)), false, into);
  if (!isSplitMap) return;
  for (const [name, inner] of Object.entries(value)) {
    const isKnown = Object.hasOwn(schema.properties ?? {}, name);
    if (inner !== undefined) collect(schemaOf(schema, name), inner, join(path, `f:${name}`), isKnown, into);
  }
};

const schemaOfObject = (kind: KindDefinition): FieldSchema => {
  const { managedFields: _none, ...metadata } = objectMetaSchema.properties ?? {};
  return {
    properties: {
      apiVersion: {},
      kind: {},
      metadata: { ...objectMetaSchema, properties: metadata },
      ...fieldsOf(kind),
    },
  };
};

/** All places of an object of a kind; what it says of managers aside. */
export const placesOf = (kind: KindDefinition, object: object): Places => {
  const places: Places = new Map();
  collect(schemaOfObject(kind), object, '', true, places);
  places.delete('f:metadata\0f:managedFields');
  return places;
};

const partOf = (schema: FieldSchema, value: unknown, path: Path, has: (path: Path) => boolean): unknown => {
  const places: Places = new Map();
  collect(schema, value, path, true, places);
  if (Array.isArray(value) && value.length === 0) return value;
  if (![...places.keys()].some(has)) return undefined;
  if (places.get(path)?.value !== undefined) return value;
  if (Array.isArray(value))
    return value.flatMap(
      item => partOf(schema.items ?? {}, item, join(path, itemElement(schema, item)), has) ?? [],
    );
  return Object.fromEntries(
    Object.entries(value as Fields).flatMap(([name, inner]) => {
      const part = partOf(schemaOf(schema, name), inner, join(path, `f:${name}`), has);
      return part === undefined ? [] : [[name, part]];
    }),
  );
};

/** An object without what is at none of these places. Empty lists stay: nobody owns them. */
export const objectAt = (kind: KindDefinition, object: object, paths: ReadonlySet<Path>): KindObject =>
  partOf(schemaOfObject(kind), object, '', path => paths.has(path) || nobodys.has(path)) as KindObject;

const nobodys = new Set([
  ...['f:apiVersion', 'f:kind', 'f:metadata'],
  ...['name', 'namespace', 'uid', 'creationTimestamp', 'generation', 'resourceVersion', 'managedFields'].map(
    name => `f:metadata\0f:${name}`,
  ),
]);

/** The paths that `fieldsV1` holds, in their canonical form. */
export const pathsOf = (fields: FieldSet, above: Path = ''): Set<Path> => {
  const found = new Set<Path>();
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') continue;
    const text = element.slice(2);
    const path = join(
      above,
      element[0] === 'f' ? element : element.slice(0, 2) + canonical(JSON.parse(text)),
    );
    if (Object.hasOwn(below, '.') || Object.keys(below).length === 0) found.add(path);
    for (const inner of pathsOf(below, path)) found.add(inner);
  }
  return found;
};

/** A path as messages show it. */
export const shownPath = (path: Path): string =>
  elementsOf(path)
    .map(element => {
      const text = element.slice(2);
      if (element[0] === 'f') return `.${text}`;
      if (element[0] === 'v') return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Fields);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`)}]`;
    })
    .join('');

export const isUntouched = (path: Path, subresource: string): boolean =>
  isWithin(path, subresource === 'status' ? 'f:spec' : 'f:status');

/** What a write at an address changes, by what becomes of each place. */
const changesBetween = (before: Places, after: Places, subresource: string) => {
  const removed = new Set<Path>();
  const set = new Set<Path>();
  for (const path of before.keys())
    if (!after.has(path) && !isUntouched(path, subresource)) removed.add(path);
  for (const [path, { value }] of after) {
    const old = before.get(path);
    if ((!old || old.value !== value) && !isUntouched(path, subresource)) set.add(path);
  }
  return { removed, set };
};

const without = (owners: Owners, self: string, lost: (path: Path) => boolean): Owners => {
  const left: Owners = new Map();
  for (const [id, paths] of owners) {
    const kept = id === self ? paths : new Set([...paths].filter(path => !lost(path)));
    if (kept.size > 0) left.set(id, kept);
  }
  return left;
};

/** An update: what it adds or changes is its manager’s, and no longer another’s; what it removes is nobody’s. */
export const ownersAfterUpdate = (
  owners: Owners,
  self: string,
  before: Places,
  after: Places,
  subresource = '',
): Owners => {
  const { removed, set } = changesBetween(before, after, subresource);
  const next = without(owners, self, path => removed.has(path) || set.has(path));
  const mine = [...(owners.get(self) ?? [])].filter(path => !removed.has(path));
  const all = new Set([...mine, ...[...set].filter(path => !nobodys.has(path))]);
  if (all.size > 0) next.set(self, all);
  else next.delete(self);
  return next;
};

const laidOver = (live: Places, said: Places): Places => {
  const merged = new Map(live);
  for (const [path, place] of said) {
    // A value takes the place of what had places below.
    if (place.value !== undefined && live.get(path)?.value === undefined)
      for (const below of live.keys()) if (isWithin(below, path)) merged.delete(below);
    merged.set(path, place);
  }
  return merged;
};

/** Whose owners do not count: the platform adds to them without being anybody’s manager, and empty they are not there. */
const shared = new Set(
  ['', '\0f:labels', '\0f:annotations', '\0f:finalizers', '\0f:ownerReferences'].map(
    path => `f:metadata${path}`,
  ),
);

const always = new Set([...shared, 'f:spec', 'f:status']);

/** Containers that had something and have nothing now go, too, unless somebody owns them. */
const withoutEmptied = (before: Places, after: Places, owned: ReadonlySet<Path>): Places => {
  const full = (places: Places) => new Set([...places.keys()].flatMap(path => upwards(path).slice(0, -1)));
  const [had, has] = [full(before), full(after)];
  const left = new Map(
    [...after].filter(([path]) => !had.has(path) || has.has(path) || (owned.has(path) && !shared.has(path))),
  );
  return left.size === after.size ? left : withoutEmptied(before, left, owned);
};

/** What someone applied before and nobody owns now. It goes with all that is below. */
const givenUp = (merged: Places, earlier: ReadonlySet<Path>, owned: ReadonlySet<Path>): Set<Path> => {
  const aboveOwned = new Set([...owned].flatMap(upwards));
  const isDeclared = (path: Path) => merged.get(path)?.declared === true;
  const applied = [...earlier].flatMap(path =>
    upwards(path).filter(above => above === path || isDeclared(above)),
  );
  const isOwned = (path: Path) => owned.has(path) || (isDeclared(path) && aboveOwned.has(path));
  return new Set(applied.filter(path => !always.has(path) && !isOwned(path)));
};

export interface Applied {
  readonly places: Places;
  readonly owners: Owners;
  /** Whose fields would change, though they are another’s: by manager. */
  readonly conflicts: Owners;
}

/** An apply. The owners are those after it went through, by force if there were conflicts. */
export const appliedTo = (
  owners: Owners,
  self: string,
  live: Places,
  configuration: Places,
  subresource = '',
): Applied => {
  const wanted = new Set(
    [...configuration].flatMap(([path, { owned }]) =>
      owned && !isUntouched(path, subresource) ? [path] : [],
    ),
  );
  const merged = laidOver(live, configuration);
  const others = [...owners].flatMap(([id, paths]) => (id === self ? [] : [...paths]));
  const gone = givenUp(merged, owners.get(self) ?? new Set(), new Set([...wanted, ...others]));
  const left = new Map([...merged].filter(([path]) => !upwards(path).some(above => gone.has(above))));
  const places = laidOver(withoutEmptied(merged, left, new Set(others)), configuration);
  const { removed, set } = changesBetween(live, places, subresource);
  const conflicts: Owners = new Map();
  for (const [id, paths] of owners) {
    const taken = [...paths].filter(path => set.has(path));
    if (id !== self && taken.length > 0) conflicts.set(id, new Set(taken));
  }
  const next = without(owners, self, path => removed.has(path) || set.has(path));
  const mine = [...wanted].filter(path => !nobodys.has(path));
  next.delete(self);
  if (mine.length > 0) next.set(self, new Set(mine));
  return { places, owners: next, conflicts };
};
