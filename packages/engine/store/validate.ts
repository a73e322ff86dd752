import {
  dnsLabelRule,
  type ErrorCause,
  isDnsLabel,
  isDnsSubdomain,
  isLabelKey,
  isLabelValue,
  type KindDefinition,
  type KindObject,
  PlatformError,
} from '@causeway/model';
import type { z } from 'zod';

const fieldPath = (root: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    root,
  );

const parsed = (schema: z.ZodType, value: unknown, root: string, causes: ErrorCause[]): unknown => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    causes.push({
      reason: reasonOf(issue, value),
      field: fieldPath(root, issue.path),
      message: issue.message,
    });
  return undefined;
};

/** What is wrong with a field, in the words that programs know from Kubernetes (metav1.CauseType). */
const reasonOf = (issue: z.core.$ZodIssue, value: unknown): string => {
  const given = issue.path.reduce<unknown>(
    (found, part) => (found as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
  if (given === undefined) return 'FieldValueRequired';
  if (issue.code === 'invalid_type') return 'FieldValueTypeInvalid';
  if (issue.code === 'invalid_value') return 'FieldValueNotSupported';
  return issue.code === 'too_big' && issue.origin === 'string' ? 'FieldValueTooLong' : 'FieldValueInvalid';
};

const metadataCauses = (kind: KindDefinition, object: KindObject): ErrorCause[] => {
  const causes: ErrorCause[] = [];
  const wrong = (field: string, message: string) =>
    causes.push({ reason: 'FieldValueInvalid', field, message });
  const { metadata } = object;
  const named = kind.naming === 'label' ? isDnsLabel : isDnsSubdomain;
  if (!named(metadata.name))
    wrong(
      'metadata.name',
      `'${metadata.name.slice(0, 80)}' ${kind.naming === 'label' ? dnsLabelRule : 'must be DNS labels joined by dots, at most 253 characters'}`,
    );
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (!isLabelKey(key)) wrong('metadata.labels', `'${key.slice(0, 80)}' is not a label key`);
    if (typeof value !== 'string' || !isLabelValue(value))
      wrong(
        'metadata.labels',
        `the value of '${key.slice(0, 80)}' is not a label value: at most 63 letters, digits, -, _ and .`,
      );
  }
  let size = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    // As in Kubernetes, their prefixes may have upper case.
    if (!isLabelKey(key.toLowerCase()))
      wrong('metadata.annotations', `'${key.slice(0, 80)}' is not an annotation key`);
    if (typeof value !== 'string') wrong(`metadata.annotations[${key.slice(0, 80)}]`, 'must be a string');
    else size += key.length + value.length;
  }
  if (size > 262_144) wrong('metadata.annotations', 'must not exceed 256 KiB together');
  for (const owner of metadata.ownerReferences ?? [])
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const)
      if (!owner?.[field]) wrong(`metadata.ownerReferences.${field}`, 'Invalid value: "": must not be empty');
  const controllers = (metadata.ownerReferences ?? []).filter(owner => owner?.controller === true);
  if (controllers.length > 1)
    wrong(
      'metadata.ownerReferences',
      `Only one reference can have Controller set to true. Found "true" in references for ${controllers
        .slice(0, 2)
        .map(({ kind, name }) => `${kind}/${name}`)
        .join(' and ')}`,
    );
  for (const finalizer of metadata.finalizers ?? [])
    if (typeof finalizer !== 'string' || !isLabelKey(finalizer))
      wrong(
        'metadata.finalizers',
        `'${String(finalizer).slice(0, 80)}' must be a qualified name such as causeway.dev/repository`,
      );
  return causes;
};

/**
 * The object as it may be stored: defaults filled in, unknown fields left out.
 * Throws `Invalid` with a cause for each field that is wrong. With `part` only that half is checked again.
 */
export const validateObject = (
  kind: KindDefinition,
  object: KindObject,
  old: KindObject | undefined,
  part: 'all' | 'status',
): KindObject => {
  const causes: ErrorCause[] = part === 'all' ? metadataCauses(kind, object) : [];
  const { apiVersion, metadata } = object;
  let valid: KindObject;
  if (kind.body) {
    valid = {
      apiVersion,
      kind: kind.kind,
      metadata,
      ...(parsed(kind.body, object, '', causes) as object),
    } as KindObject;
  } else {
    const spec = part === 'all' ? parsed(kind.spec, object.spec ?? {}, 'spec', causes) : object.spec;
    const status =
      object.status === undefined ? undefined : parsed(kind.status, object.status, 'status', causes);
    valid = { apiVersion, kind: kind.kind, metadata, spec: spec as Record<string, unknown> };
    if (status !== undefined) valid.status = status as Record<string, unknown>;
  }
  if (causes.length === 0 && part === 'all')
    for (const cause of kind.validate?.(valid as never, old as never) ?? [])
      causes.push({ reason: 'FieldValueInvalid', ...cause });
  if (causes.length > 0) {
    const what = causes.slice(0, 8).map(cause => `${cause.field}: ${cause.message}`);
    throw new PlatformError(
      'Invalid',
      `${kind.kind}.${kind.group || 'core'} "${object.metadata.name.slice(0, 80)}" is invalid: ${what.join('; ')}`,
      {
        causes,
        kind: kind.plural,
        name: object.metadata.name,
      },
    );
  }
  return valid;
};
