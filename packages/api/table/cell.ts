import { type Column, isFields, type KindObject } from '@causeway/model';
import { age } from './age.ts';

export type Cell = string | number | boolean | null;
export type CellReader = (object: KindObject, now: number) => Cell;

type Step = { readonly field: string } | { readonly entry: string };

/** `.status.conditions[Ready].status` as steps: fields, and list entries picked by their `type`. */
const parsePath = (path: string): Step[] =>
  [...path.matchAll(/\.([^.[\]]+)|\[([^\]]*)\]/g)].map(([, field, entry]) =>
    field === undefined ? { entry: entry ?? '' } : { field },
  );

const follow = (value: unknown, step: Step): unknown => {
  if ('entry' in step)
    return Array.isArray(value) ? value.find(item => isFields(item) && item.type === step.entry) : undefined;
  return isFields(value) && Object.hasOwn(value, step.field) ? value[step.field] : undefined;
};

/** An object that names another is shown by it: `service/payments-api`, or its name alone. */
const nameOf = (value: Record<string, unknown>): string =>
  typeof value.kind === 'string' ? `${value.kind.toLowerCase()}/${value.name}` : String(value.name);

const text = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(text).join(',');
  if (isFields(value)) return typeof value.name === 'string' ? nameOf(value) : JSON.stringify(value);
  return String(value);
};

/** Reads one column's cell from an object. A missing value is null: kubectl leaves the cell empty, as for a CRD. */
export const cellReader = ({ path, type }: Column): CellReader => {
  const steps = parsePath(path);
  return (object, now) => {
    const value = steps.reduce<unknown>(follow, object);
    if (value === undefined || value === null) return null;
    if (type === 'date') return typeof value === 'string' ? age(value, now) : null;
    return typeof value === 'number' || typeof value === 'boolean' ? value : text(value);
  };
};
