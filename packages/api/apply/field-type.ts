import type { FieldSchema } from '@causeway/model';

/** Text, number, truth value; `any` for what the schema leaves open. */
export type ScalarType = 'string' | 'number' | 'boolean' | 'any';

export interface ListType {
  readonly item: FieldType;
  /** One value as a whole; a set of scalars; items told apart by their keys. */
  readonly relation: 'atomic' | 'set' | 'map';
  /** Sorted. */
  readonly keys: readonly string[];
  /** What a key is when an item leaves it out. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface MapType {
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Of fields that are not named; none may be there when it is absent. */
  readonly rest: FieldType | undefined;
  readonly atomic: boolean;
}

/** How a value is merged. More than one is set where the schema leaves the type open. */
export interface FieldType {
  readonly scalar?: ScalarType;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** What is in a list that the schema says nothing about: anything, as one value. */
const openItem: FieldType = {
  scalar: 'any',
  get list() {
    return openList;
  },
  get map() {
    return openItemMap;
  },
};
const openList: ListType = { item: openItem, relation: 'atomic', keys: [], defaults: {} };
const openItemMap: MapType = { fields: new Map(), rest: openItem, atomic: true };

/** A value that the schema says nothing about: objects are merged field by field, lists replaced. */
const openType: FieldType = {
  scalar: 'any',
  list: openList,
  get map() {
    return openMap;
  },
};
const openMap: MapType = { fields: new Map(), rest: openType, atomic: false };

const scalars: Readonly<Record<string, ScalarType>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

const listOf = (schema: FieldSchema): ListType => {
  const item = schema.items ? fieldType(schema.items) : openType;
  const relation = schema['x-kubernetes-list-type'];
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []) as string[];
  return {
    item,
    relation: relation === 'set' || relation === 'map' ? relation : 'atomic',
    keys: keys.toSorted(),
    defaults: Object.fromEntries(
      keys.flatMap(key => {
        const value = schema.items?.properties?.[key]?.default;
        return value === undefined ? [] : [[key, value]];
      }),
    ),
  };
};

const restOf = ({ additionalProperties, properties }: FieldSchema): FieldType | undefined => {
  if (typeof additionalProperties === 'object') return fieldType(additionalProperties);
  if (additionalProperties === true || (additionalProperties === undefined && !properties)) return openType;
  return undefined;
};

const mapOf = (schema: FieldSchema): MapType => ({
  fields: new Map(Object.entries(schema.properties ?? {}).map(([name, field]) => [name, fieldType(field)])),
  rest: restOf(schema),
  atomic: schema['x-kubernetes-map-type'] === 'atomic',
});

/** What a schema says about merging: `x-kubernetes-list-type`, `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`. */
export const fieldType = (schema: FieldSchema): FieldType => {
  const scalar = scalars[schema.type ?? ''];
  if (scalar) return { scalar };
  if (schema.type === 'array') return { list: listOf(schema) };
  if (schema.type === 'object' || schema.properties) return { map: mapOf(schema) };
  return openType;
};

/** The type of a field of a map; `undefined` when there may be none of this name. */
export const typeOfField = ({ fields, rest }: MapType, name: string): FieldType | undefined =>
  fields.get(name) ?? rest;

/** Which of the possible types a value has. A value of none, and null, count as the first. */
export const typeOfValue = (type: FieldType, value: unknown): FieldType => {
  if (Array.isArray(value)) return type.list ? { list: type.list } : type;
  if (typeof value === 'object' && value !== null) return type.map ? { map: type.map } : type;
  return value !== null && value !== undefined && type.scalar ? { scalar: type.scalar } : type;
};

/** Whether a value of this type is compared, owned and replaced as one. */
export const isAtomic = ({ map, list }: FieldType): boolean =>
  map ? map.atomic : list ? list.relation === 'atomic' : true;

type Shape = 'nothing' | 'list' | 'map' | 'scalar';

const shapeOf = (value: unknown): Shape => {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : 'scalar';
};

/** Whether one is an object, say, and the other a text: where the schema leaves that open, one takes the place of the other. */
export const isOtherShape = (type: FieldType, a: unknown, b: unknown): boolean => {
  if (!type.map || !type.scalar) return false;
  const [one, other] = [shapeOf(a), shapeOf(b)];
  return one !== other && one !== 'nothing' && other !== 'nothing';
};
