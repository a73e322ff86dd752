import { PlatformError } from '@causeway/model';

/** A value of a report with where it is, so that whatever is wrong can be named: `runs[0].results[3].level`. */
export interface ReportValue {
  readonly path: string;
  readonly value: unknown;
}

const next =
  'Hand in the file as the tool writes it; docs/reference/evidence.md says which tools and versions are read.';

export const malformed = (path: string, message: string): PlatformError =>
  new PlatformError('Invalid', `${path || 'the report'}: ${message}`, {
    causes: [{ field: path || 'the report', message }],
    next,
  });

const kindOf = (value: unknown): string =>
  value === null
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;

/** A field of an object; `undefined` when it is absent or null. Fields of the language’s own are none. */
export const at = ({ path, value }: ReportValue, key: string): ReportValue | undefined => {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw malformed(path, `this must be an object, and is ${kindOf(value)}`);
  const one = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return one === undefined || one === null ? undefined : { path: path ? `${path}.${key}` : key, value: one };
};

/** The items of a list; none when there is no list. */
export const itemsOf = (list: ReportValue | undefined): readonly ReportValue[] => {
  if (!list) return [];
  if (!Array.isArray(list.value))
    throw malformed(list.path, `this must be a list, and is ${kindOf(list.value)}`);
  return list.value.map((value: unknown, index) => ({ path: `${list.path}[${index}]`, value }));
};

/** The items of a field that is a list. */
export const listAt = (value: ReportValue, key: string): readonly ReportValue[] => itemsOf(at(value, key));

/** What a database and a terminal cannot show as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unprintable = /[\u0000-\u001f\u007f]+/g;

/** A text on one line, of at most so many characters. `undefined` when it is empty. */
export const textOf = (value: ReportValue | undefined, longest: number): string | undefined => {
  if (!value) return undefined;
  if (typeof value.value === 'number') return String(value.value);
  if (typeof value.value !== 'string')
    throw malformed(value.path, `this must be a text, and is ${kindOf(value.value)}`);
  const text = value.value
    .slice(0, longest * 4)
    .toWellFormed()
    .replace(unprintable, ' ')
    .trim();
  if (text === '') return undefined;
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;
};

export const textAt = (value: ReportValue, key: string, longest: number): string | undefined =>
  textOf(at(value, key), longest);

export const numberOf = (value: ReportValue | undefined): number | undefined => {
  if (!value) return undefined;
  const number =
    typeof value.value === 'string' && value.value.trim() !== '' ? Number(value.value) : value.value;
  if (typeof number !== 'number' || Number.isNaN(number))
    throw malformed(value.path, `this must be a number, and is ${kindOf(value.value)}`);
  return number;
};

/** Fields with a value: what is unknown is left out. */
export const given = <T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
