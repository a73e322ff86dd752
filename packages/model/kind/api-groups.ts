import { z } from 'zod';
import { defaultGroup } from './define-kind.ts';
import { isDnsSubdomain } from './names.ts';
import type { KindObject, ObjectMeta } from './object.ts';

/** Groups of Kubernetes itself and of those who write it: kinds there are not ours. */
const ofKubernetes = /(^|\.)(k8s|kubernetes)\.io$/;

/** A group that an organisation uses beside ours: its own domain name. */
export const ApiGroup = z
  .string()
  .max(253)
  .refine(group => isDnsSubdomain(group) && group.includes('.'), {
    message: 'must be a domain name such as platform.example.com',
  })
  .refine(group => !ofKubernetes.test(group), { message: 'is a group of Kubernetes: take a domain of yours' })
  .refine(group => group !== defaultGroup, { message: `${defaultGroup} is there already` });

/** So many groups of their own may organisations have. */
export const maxApiGroups = 10;

export const ApiGroups = z
  .array(ApiGroup)
  .max(maxApiGroups)
  .refine(groups => new Set(groups).size === groups.length, { message: 'names a group twice' });

/** An apiVersion whose group is one of `groups`, in the group `to`; others stay. */
export const apiVersionInGroup = (apiVersion: string, groups: readonly string[], to: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash > 0 && groups.includes(apiVersion.slice(0, slash)) ? to + apiVersion.slice(slash) : apiVersion;
};

/** The apiVersion that kinds have in the store, for one of the groups that an installation uses beside ours; others stay. */
export const canonicalApiVersion = (apiVersion: string, apiGroups: readonly string[]): string =>
  apiVersionInGroup(apiVersion, apiGroups, defaultGroup);

const renamedAll = <T>(items: T, rename: (apiVersion: string) => string): T =>
  (Array.isArray(items)
    ? items.map(item =>
        typeof item?.apiVersion === 'string' ? { ...item, apiVersion: rename(item.apiVersion) } : item,
      )
    : items) as T;

/** Metadata with the groups of owners, and of who manages fields, renamed. */
const renamedMeta = <M extends Partial<ObjectMeta>>(
  metadata: M,
  rename: (apiVersion: string) => string,
): M => ({
  ...metadata,
  ...(metadata.ownerReferences ? { ownerReferences: renamedAll(metadata.ownerReferences, rename) } : {}),
  ...(metadata.managedFields ? { managedFields: renamedAll(metadata.managedFields, rename) } : {}),
});

/** `metadata.managedFields` as it reads where kinds are in another group. */
export const managersInGroup = (
  entries: ObjectMeta['managedFields'],
  from: string,
  to: string,
): ObjectMeta['managedFields'] =>
  from === to ? entries : renamedAll(entries, apiVersion => apiVersionInGroup(apiVersion, [from], to));

/** An object as it reads where its kind, and those of its owners, are in another group. */
export const objectInGroup = (object: KindObject, from: string, to: string): KindObject => {
  if (from === to) return object;
  const rename = (apiVersion: string) => apiVersionInGroup(apiVersion, [from], to);
  return {
    ...object,
    apiVersion: rename(object.apiVersion),
    metadata: renamedMeta(object.metadata, rename),
  };
};

/**
 * What somebody wrote, whatever it is, with the groups that an installation uses beside ours as the store knows them: in
 * its apiVersion and those of its owners.
 */
export const inCanonicalGroup = <T>(value: T, apiGroups: readonly string[]): T => {
  if (apiGroups.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  const rename = (apiVersion: string) => canonicalApiVersion(apiVersion, apiGroups);
  const { apiVersion, metadata } = value as { apiVersion?: unknown; metadata?: unknown };
  const isMeta = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  return {
    ...value,
    ...(typeof apiVersion === 'string' ? { apiVersion: rename(apiVersion) } : {}),
    ...(isMeta ? { metadata: renamedMeta(metadata as Partial<ObjectMeta>, rename) } : {}),
  };
};
