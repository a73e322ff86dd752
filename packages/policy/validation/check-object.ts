import {
  apiVersionOf,
  closestNames,
  defaultGroup,
  dnsLabelRule,
  type FieldPath,
  type Fields,
  fieldPathText,
  findUnknownFields,
  isDnsLabel,
  isDnsSubdomain,
  isFields,
  isLabelKey,
  isLabelValue,
  type KindDefinition,
  type KindObject,
  kinds,
  servedVersions,
  withoutNulls,
} from '@causeway/model';
import type { z } from 'zod';

/** What is wrong with an object, and where. */
export interface ObjectFault {
  readonly path: FieldPath;
  /** Whether the field’s name is wrong, or what it is set to. */
  readonly of: 'name' | 'value';
  readonly rule: SchemaRule;
  readonly message: string;
  /** What to do. */
  readonly next: string;
}

export const schemaRules = {
  'no-object': 'A document is an object with apiVersion and kind',
  'unknown-kind': 'The kind and its version are served',
  'other-group': 'Kinds of ours are in a group that is known',
  'invalid-name': 'Names are DNS labels',
  'invalid-metadata': 'Labels and annotations are as Kubernetes has them',
  'unknown-field': 'The kind has every field that is set',
  'missing-field': 'What the kind requires is set',
  'invalid-field': 'Fields hold what the kind allows',
} as const;
export type SchemaRule = keyof typeof schemaRules;

const ownGroups = [...new Set(kinds.map(({ group }) => group))];

const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 80);

const meant = (names: readonly string[], otherwise: string): string =>
  names.length > 0 ? `Did you mean ${names.join(' or ')}?` : otherwise;

/** Ours, somebody else’s (`undefined`), or meant to be ours and wrong. */
const kindOf = (apiVersion: string, kind: string): KindDefinition | ObjectFault | undefined => {
  const [group, version] = apiVersion.includes('/')
    ? (apiVersion.split('/', 2) as [string, string])
    : ['', apiVersion];
  const wrong = (field: string, message: string, next: string): ObjectFault => ({
    path: [field],
    of: 'value',
    rule: 'unknown-kind',
    message,
    next,
  });
  if (!ownGroups.includes(group)) {
    const near = group === '' ? [] : closestNames(group, ownGroups);
    return near.length === 0
      ? undefined
      : wrong('apiVersion', `There is no group ${shown(group)}.`, meant(near, ''));
  }
  const ofGroup = kinds.filter(one => one.group === group);
  const found = ofGroup.find(one => one.kind === kind);
  if (!found) {
    // Other kinds of core/v1 are Kubernetes’ own.
    if (group !== defaultGroup) return undefined;
    const near = closestNames(
      kind,
      ofGroup.map(one => one.kind),
    );
    return wrong(
      'kind',
      `There is no kind ${shown(kind)} in ${group}.`,
      meant(near, '`platform get` lists the kinds.'),
    );
  }
  return (
    servedVersions(found).find(one => one.version === version) ??
    wrong(
      'apiVersion',
      `${kind} has no version ${shown(version)}.`,
      `There is ${servedVersions(found)
        .map(one => one.version)
        .join(' and ')}: write ${apiVersionOf(found)}.`,
    )
  );
};

const metadataFaults = (kind: KindDefinition, metadata: unknown): ObjectFault[] => {
  const faults: ObjectFault[] = [];
  const wrong = (
    path: FieldPath,
    rule: SchemaRule,
    message: string,
    next: string,
    of: ObjectFault['of'] = 'value',
  ) => faults.push({ path: ['metadata', ...path], of, rule, message, next });
  if (!isFields(metadata) || (metadata.name === undefined && metadata.generateName === undefined)) {
    wrong(['name'], 'missing-field', 'metadata.name is missing.', 'Give it a name.', 'name');
    return faults;
  }
  const { name, namespace, labels = {}, annotations = {} } = metadata;
  const named = kind.naming === 'label' ? isDnsLabel : isDnsSubdomain;
  const rule = kind.naming === 'label' ? dnsLabelRule : 'must be DNS labels joined by dots';
  if (name !== undefined && (typeof name !== 'string' || !named(name)))
    wrong(['name'], 'invalid-name', `'${shown(name)}' ${rule}.`, 'Choose another name.');
  if (namespace !== undefined && (typeof namespace !== 'string' || !isDnsLabel(namespace)))
    wrong(
      ['namespace'],
      'invalid-name',
      `'${shown(namespace)}' ${dnsLabelRule}.`,
      'Write the name of a team.',
    );
  for (const [field, texts] of Object.entries({ labels, annotations })) {
    if (!isFields(texts)) {
      wrong([field], 'invalid-metadata', `metadata.${field} must map text to text.`, 'Write KEY: value.');
      continue;
    }
    for (const [key, value] of Object.entries(texts)) {
      const asKey = field === 'labels' ? key : key.toLowerCase();
      if (!isLabelKey(asKey))
        wrong(
          [field, key],
          'invalid-metadata',
          `'${shown(key)}' is no key of ${field}.`,
          'Write NAME or DOMAIN/NAME: letters, digits, -, _ and .',
          'name',
        );
      if (typeof value !== 'string')
        wrong([field, key], 'invalid-metadata', `${shown(value)} is no text.`, 'Put it in quotes.');
      else if (field === 'labels' && !isLabelValue(value))
        wrong(
          [field, key],
          'invalid-metadata',
          `'${shown(value)}' is no value of a label.`,
          'Use at most 63 letters, digits, -, _ and .; longer text belongs into annotations.',
        );
    }
  }
  return faults;
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((found, part) => (found as Fields | undefined)?.[part as string], value);

/** The issues of the alternative that was probably meant: the one with the fewest. */
const flat = (issue: z.core.$ZodIssue): z.core.$ZodIssue[] => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const [best = []] = issue.errors.toSorted((a, b) => a.length - b.length);
  return best.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] }));
};

const schemaFaults = (schema: z.ZodType, value: unknown, root: FieldPath): ObjectFault[] => {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap(flat).map(issue => {
    const path = [...root, ...(issue.path as FieldPath)];
    const field = fieldPathText(path);
    const given = valueAt(value, issue.path);
    if (given === undefined)
      return {
        path,
        of: 'name' as const,
        rule: 'missing-field' as const,
        message: `${field} is missing.`,
        next: `Set it${issue.code === 'invalid_type' ? ` to ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}` : ''}.`,
      };
    const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : [];
    return {
      path,
      of: 'value' as const,
      rule: 'invalid-field' as const,
      message:
        allowed.length > 0
          ? `${field} must be one of ${allowed.join(', ')}, not '${shown(given)}'.`
          : `${field}: ${issue.message.replace(/^Invalid input: /, '')}.`,
      next: meant(allowed.length > 0 ? closestNames(String(given), allowed) : [], 'Correct the value.'),
    };
  });
};

/**
 * What is wrong with an object of our kinds, as far as that can be told without a server. Objects of other kinds pass. Its status
 * is not looked at: nobody can set one.
 */
export const checkObject = (given: unknown): ObjectFault[] => {
  const object = withoutNulls(given);
  const noObject = (message: string): ObjectFault[] => [
    {
      path: [],
      of: 'name',
      rule: 'no-object',
      message,
      next: `Begin it with \`apiVersion: ${defaultGroup}/v1\` and \`kind: Service\`.`,
    },
  ];
  if (!isFields(object)) return noObject('It is not an object.');
  if (typeof object.apiVersion !== 'string' || typeof object.kind !== 'string')
    return noObject('apiVersion and kind are missing.');
  const kind = kindOf(object.apiVersion, object.kind);
  if (kind === undefined) return [];
  if ('rule' in kind) return [kind];
  const { status: _status, ...written } = object;
  const unknown = findUnknownFields(kind, written).map(({ path, known }) => ({
    path,
    of: 'name' as const,
    rule: 'unknown-field' as const,
    message: `${kind.kind} has no field ${fieldPathText(path)}.`,
    next: meant(closestNames(String(path.at(-1)), known), `Remove it, or use one of ${known.join(', ')}.`),
  }));
  const faults = [
    ...metadataFaults(kind, object.metadata),
    ...unknown,
    ...(kind.body
      ? schemaFaults(kind.body, object, [])
      : schemaFaults(kind.spec, object.spec ?? {}, ['spec'])),
  ];
  return faults.length > 0 ? faults : ownFaults(kind, object);
};

/** What only the kind itself can say. It is asked only about objects that fit their schema. */
const ownFaults = (kind: KindDefinition, object: Fields): ObjectFault[] => {
  const spec = kind.spec.parse(object.spec ?? {});
  return (kind.validate?.({ ...object, spec } as unknown as KindObject as never) ?? []).map(
    ({ field, message }) => ({
      path: pathOf(field),
      of: 'value' as const,
      rule: 'invalid-field' as const,
      message: `${field}: ${message}.`,
      next: 'Correct the value.',
    }),
  );
};

/** `spec.items[0].name`, or `/spec/items/0/name`, as a path. */
export const pathOf = (field: string): FieldPath =>
  field.startsWith('/')
    ? field.split('/').filter(part => part !== '')
    : [...field.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) =>
        index === undefined ? part : Number(index),
      );
