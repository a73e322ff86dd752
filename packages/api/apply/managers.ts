import { sharedFields } from '@causeway/engine';
import { type FieldSet, isFields, type ManagedFieldsEntry } from '@causeway/model';
import { isEmpty, leaf } from './field-set.ts';
import { normalElement } from './path-element.ts';

/** Who changed or applied fields: name, operation, subresource and, for updates, version tell one from another. */
export interface Manager {
  readonly manager: string;
  readonly operation: ManagedFieldsEntry['operation'];
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Managers by their identity. */
export type Managers = ReadonlyMap<string, Manager>;

/** Ordered as text, identities are ordered by name first. Whoever applies is the same in every version. */
export const identityOf = ({
  manager,
  operation,
  apiVersion,
  subresource,
}: Omit<Manager, 'time' | 'fields'>): string =>
  `${manager}\0${operation}\0${operation === 'Apply' ? '' : apiVersion}\0${subresource}`;

/** Sets that were read or made here: they are shared, and need no second look. */
const wellFormed = new WeakSet<FieldSet>();

export const noteShared = (fields: FieldSet): void => {
  wellFormed.add(fields);
};

/** The one object for all equal sets, where whoever made it does not share it already. */
export const asShared = (fields: FieldSet): FieldSet => {
  if (wellFormed.has(fields)) return fields;
  const shared = sharedFields(fields);
  noteShared(shared);
  return shared;
};

const readFields = (value: unknown): FieldSet | undefined => {
  if (isFields(value) && wellFormed.has(value as FieldSet)) return value as FieldSet;
  const fields = parsedFields(value);
  return fields && asShared(fields);
};

const parsedFields = (value: unknown, depth = 0): FieldSet | undefined => {
  if (!isFields(value) || depth > 64) return undefined;
  const fields: Record<string, FieldSet> = {};
  for (const name of Object.keys(value)) {
    const element = name === '.' ? name : normalElement(name);
    const below = element === undefined ? undefined : parsedFields(value[name], depth + 1);
    // What a later version may know of is left out.
    if (element !== undefined && below) fields[element] = below;
  }
  return fields;
};

const parsedEntry = (entry: unknown): Manager | undefined => {
  if (!isFields(entry)) return undefined;
  const { manager = '', operation, apiVersion, time, fieldsType, fieldsV1 = {}, subresource = '' } = entry;
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined;
  if (typeof manager !== 'string' || manager.length > 128 || typeof subresource !== 'string')
    return undefined;
  const fields = readFields(fieldsV1);
  if (!fields || subresource.length > 256) return undefined;
  const at = typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : undefined;
  return { manager, operation, apiVersion, subresource, time: at, fields };
};

/** The managers that an object names; `undefined` when what it says is not well-formed. */
export const managersOf = (entries: unknown): Managers | undefined => {
  if (entries === undefined || entries === null) return new Map();
  if (!Array.isArray(entries)) return undefined;
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager = parsedEntry(entry);
    if (!manager) return undefined;
    managers.set(identityOf(manager), manager);
  }
  return managers;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (a: Manager, b: Manager): number =>
  compareText(a.operation, b.operation) ||
  compareText(a.time ?? '', b.time ?? '') ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource);

const entryOf = ({
  manager,
  operation,
  apiVersion,
  time,
  fields,
  subresource,
}: Manager): ManagedFieldsEntry => ({
  ...(manager ? { manager } : {}),
  operation,
  apiVersion,
  ...(time ? { time } : {}),
  fieldsType: 'FieldsV1',
  fieldsV1: asShared(fields),
  ...(subresource ? { subresource } : {}),
});

/** Managers as `metadata.managedFields` shows them; `undefined` when there are none. */
export const entriesOf = (managers: Managers): readonly ManagedFieldsEntry[] | undefined => {
  const entries = [...managers.values()]
    .filter(({ fields }) => !isEmpty(fields))
    .sort(inOrder)
    .map(manager => Object.freeze(entryOf(manager)));
  return entries.length > 0 ? Object.freeze(entries) : undefined;
};

/** What belongs to every object and to no manager. */
export const unmanaged: FieldSet = {
  'f:apiVersion': leaf,
  'f:kind': leaf,
  'f:metadata': {
    '.': leaf,
    'f:name': leaf,
    'f:namespace': leaf,
    'f:creationTimestamp': leaf,
    'f:selfLink': leaf,
    'f:uid': leaf,
    'f:clusterName': leaf,
    'f:generation': leaf,
    'f:managedFields': leaf,
    'f:resourceVersion': leaf,
  },
};
