import { z } from 'zod';
import {
  Artifact,
  allVerbs,
  apiVersionOf,
  BuildSettings,
  type Column,
  Condition,
  CpuQuantity,
  DnsLabel,
  DnsSubdomain,
  Duration,
  FailureSchema,
  HttpSettings,
  type KindDefinition,
  kinds,
  MemoryQuantity,
  platformTeam,
  Resources,
  type Role,
  roles,
  ServiceKind,
  TeamKind,
  UserName,
  VariableName,
} from '../../packages/model/index.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

const jsonSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as Schema;

/** Texts that follow a rule with a name of its own. */
const named = new Map(
  Object.entries({
    duration: Duration,
    'CPU quantity': CpuQuantity,
    'memory quantity': MemoryQuantity,
    'DNS label': DnsLabel,
    'DNS subdomain': DnsSubdomain,
    'user name': UserName,
    'variable name': VariableName,
  }).map(([name, schema]) => [jsonSchema(schema).pattern, name]),
);

/** Bounds that only say "a whole number that JavaScript can hold" are none. */
const bound = (value: number | undefined): number | undefined =>
  value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value;

const rangeOf = ({ minimum, maximum }: Schema): string => {
  const [from, to] = [bound(minimum), bound(maximum)];
  if (from !== undefined && to !== undefined) return ` ${from}–${to}`;
  if (from !== undefined) return ` ≥ ${from}`;
  return to === undefined ? '' : ` ≤ ${to}`;
};

/** Parts that several kinds share: told once, and linked from where they stand. */
const shared: readonly (readonly [name: string, schema: z.ZodType, what: string])[] = [
  ['Condition', Condition, 'What is true of an object now. A list has one of each type.'],
  ['Failure', FailureSchema, 'Why something failed.'],
  ['Artifact', Artifact, 'What a build made, and how to run it.'],
];
const ofService: readonly (readonly [field: string, schema: z.ZodType])[] = [
  ['spec.build', BuildSettings],
  ['spec.http', HttpSettings],
  ['spec.resources', Resources],
];

const shapeOf = ({ properties }: Schema): string => JSON.stringify(properties);
const links = new Map([
  ...ofService.map(
    ([field, schema]) => [shapeOf(jsonSchema(schema)), `as ${code(field)} of [Service](#service)`] as const,
  ),
  ...shared.map(
    ([name, schema]) => [shapeOf(jsonSchema(schema)), `[${name}](#${name.toLowerCase()})`] as const,
  ),
]);

/** The other place that tells what an object holds, if there is one. */
const linkOf = (schema: Schema, kind: string): string | undefined => {
  const link = schema.properties && links.get(shapeOf(schema));
  return kind === ServiceKind.kind && link?.startsWith('as ') ? undefined : link;
};

/** The codes of errors are a page of their own. */
const listedAtMost = 20;

const enumText = (values: readonly unknown[]): string =>
  values.length > listedAtMost
    ? 'a code of [errors](errors.md)'
    : values.map(value => code(String(value))).join(', ');

const typeOf = (schema: Schema, kind: string): string => {
  if (schema.enum) return enumText(schema.enum);
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, kind)}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `map to ${typeOf(schema.additionalProperties, kind)}`;
  if (schema.format === 'date-time') return 'time (RFC 3339)';
  const name = schema.pattern === undefined ? undefined : named.get(schema.pattern);
  return linkOf(schema, kind) ?? `${name ?? schema.type ?? 'anything'}${rangeOf(schema)}`;
};

const defaultOf = ({ default: value }: Schema): string =>
  value === undefined || typeof value === 'object' ? '' : code(String(value));

const inside = (path: string, { properties = {}, required = [] }: Schema, kind: string): string[][] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const own = [
      code(at) + (required.includes(name) ? ' \\*' : ''),
      typeOf(schema, kind),
      defaultOf(schema),
      schema.description ?? '',
    ];
    const inner = schema.type === 'array' ? (schema.items ?? {}) : schema;
    const told = linkOf(inner, kind) !== undefined;
    return [own, ...(told ? [] : inside(schema.type === 'array' ? `${at}[]` : at, inner, kind))];
  });

/** The fields of an object, all depths. Those of core kinds stand beside metadata, below nothing: `path` is ''. */
const fieldsTable = (path: string, schema: z.ZodType, kind: string): string => {
  const rows = inside(path, jsonSchema(schema), kind);
  return rows.length === 0 ? '' : table(['Field', 'Type', 'Default', 'What it says'], rows);
};

const whoMay = (role: Role | undefined): string => {
  if (role === undefined) return 'only the platform itself';
  return role === roles.at(-1) ? `${role}s` : `${role}s and above`;
};

const accessLine = (kind: KindDefinition): string => {
  if (kind.kind === TeamKind.kind)
    return `**Who may.** Viewers and above: get, list, watch. Owners: update, patch. Owners of the team ${code(platformTeam)}: create, delete.`;
  const byRole = Map.groupBy(allVerbs, verb => whoMay(kind.access[verb]));
  const parts = [...byRole]
    .toSorted(([one], [other]) => Number(one.startsWith('only')) - Number(other.startsWith('only')))
    .map(([who, verbs]) => `${who.charAt(0).toUpperCase()}${who.slice(1)}: ${verbs.join(', ')}`);
  const where = kind.kind === 'AccessToken' ? ` Meant are roles in the team ${code(platformTeam)}.` : '';
  return `**Who may.** ${parts.join('. ')}.${where}`;
};

const columnText = ({ name, priority }: Column): string => (priority === 1 ? `${name} (wide)` : name);

const heading = (kind: KindDefinition): string => {
  const { shortNames, scope, naming, immutable, plural } = kind;
  const facts = [
    `${code(apiVersionOf(kind))}, ${code(plural)}${shortNames.map(name => `, ${code(name)}`).join('')}`,
    scope === 'Cluster' ? 'of the whole platform' : 'of a team',
    naming === 'label' ? 'named by a DNS label' : 'named by a DNS subdomain',
    ...(immutable ? ['its spec never changes'] : []),
  ];
  return `${kind.description}\n\n${facts.join('; ')}.`;
};

const kindSection = (kind: KindDefinition): string[] => [
  `## ${kind.kind}`,
  heading(kind),
  accessLine(kind),
  ...(kind.body
    ? [fieldsTable('', kind.body, kind.kind)]
    : [fieldsTable('spec', kind.spec, kind.kind), fieldsTable('status', kind.status, kind.kind)]),
  kind.columns.length === 0
    ? ''
    : `**Columns.** Name, ${kind.columns.map(columnText).join(', ')}.${
        kind.selectableFields.length === 0
          ? ''
          : ` Selectable: ${kind.selectableFields.map(code).join(', ')}.`
      }`,
];

/** Every kind that the platform serves, with every field. */
export const kindsPage = (): string =>
  page(
    generatedFrom('packages/model'),
    '# Kinds',
    `Everything is a resource. \`platform get\` lists the kinds, \`platform get KIND\` the objects; kubectl reads and
changes the same. \`kubectl explain service.spec\` says what stands here. People write \`spec\`, the platform writes
\`status\`. \\* marks a field that must be given. Columns marked “wide” show with \`-o wide\`.`,
    'Roles are viewer, developer and owner; each includes the ones before it. A member of the team `platform` has their role in every team.',
    kinds.map(({ kind }) => `[${kind}](#${kind.toLowerCase()})`).join(' · '),
    ...kinds.flatMap(kindSection),
    ...shared.flatMap(([name, schema, what]) => [`## ${name}`, what, fieldsTable('', schema, '')]),
  );
