import { type FieldSchema, fieldsOf, type KindDefinition } from '@causeway/model';

/** Texts of which one fits wherever a kind wants a text of some form. */
const texts = [
  ...['orders', '1h', '512Mi', '500m', '2026-01-01T00:00:00Z', '/healthz', 'a'.repeat(64), 'a'.repeat(40)],
  ...[
    'NAME',
    'alice',
    'orders.1',
    'sha256:'.padEnd(71, 'a'),
    'https://orders.example',
    '0 3 * * *',
    '10.0.0.1',
    '127.80.0.1',
    '20:00',
    '1.2.3',
  ],
];

const sampleText = ({ enum: choices, format, pattern, minLength, maxLength }: FieldSchema): string => {
  if (Array.isArray(choices)) return String(choices[0]);
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'uri') return 'https://orders.example';
  const fits = (text: string): boolean =>
    (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)) &&
    text.length >= Number(minLength ?? 0) &&
    text.length <= Number(maxLength ?? text.length);
  const found = texts.find(fits);
  if (found === undefined)
    throw new Error(`no text fits the pattern ${pattern}: add one to ${import.meta.filename}`);
  return found;
};

/** Texts that a pattern cannot tell, by the name of their field. */
const texted: Readonly<Record<string, string>> = { timeZone: 'UTC' };

/** A value that fits a schema, with every field and one of each list. */
const sample = (schema: FieldSchema): unknown => {
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice) return sample(choice);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, texted[name] ?? sample(inner)]),
    );
  switch (schema.type) {
    case 'string':
      return sampleText(schema);
    case 'array':
      return schema.items ? [sample(schema.items)] : [];
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? { key: sample(schema.additionalProperties) }
        : {};
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema.minimum ?? 1));
    default:
      return null;
  }
};

/** What a kind allows only one of: the one that is kept. */
const oneOf: Readonly<Record<string, { readonly holder: Path; readonly keep: string }>> = {
  Policy: { holder: ['spec', 'source'], keep: 'modules' },
};

/** What a kind does not allow beside its other fields. */
const without: Readonly<Record<string, Path>> = { Source: ['spec', 'service'] };

/** The fields of an object of a kind beside its metadata: what its schema allows, all of it. */
export const sampleFields = (kind: KindDefinition): Record<string, unknown> => {
  const fields = Object.fromEntries(
    Object.entries(fieldsOf(kind)).map(([name, schema]) => [name, sample(schema)]),
  );
  const only = oneOf[kind.kind];
  const holder = only && (valueAt(fields, only.holder) as Record<string, unknown>);
  for (const name of Object.keys(holder ?? {})) if (name !== only?.keep) delete holder?.[name];
  const excluded = without[kind.kind];
  if (excluded) {
    const beside = valueAt(fields, excluded.slice(0, -1)) as Record<string | number, unknown>;
    delete beside[excluded.at(-1) ?? ''];
  }
  return fields;
};

export type Path = readonly (string | number)[];

/** Where texts stand in a value. */
export const textPaths = (value: unknown, path: Path = []): Path[] => {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textPaths(item, [...path, index]));
  return Object.entries(value).flatMap(([name, inner]) => textPaths(inner, [...path, name]));
};

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], value);

/** A copy with the text at a path replaced. */
export const withText = <T>(value: T, path: Path, text: string): T => {
  const copy = structuredClone(value);
  const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  holder[path.at(-1) as string] = text;
  return copy;
};
