import { objectInGroup } from './api-groups.ts';
import { defaultGroup, type KindDefinition, type VersionFields, type VersionOf } from './define-kind.ts';
import type { KindObject } from './object.ts';

/** The kind in each version that is served, the stored one, which is preferred, first. */
export const servedVersions = (kind: KindDefinition): readonly KindDefinition[] => [
  kind,
  ...kind.versions.map(version => {
    const { validate: _validate, ...rest } = kind;
    return {
      ...rest,
      version: version.version,
      spec: version.spec,
      status: version.status,
      columns: version.columns ?? kind.columns,
      versions: [],
      versionOf: { kind, version, group: kind.group },
    };
  }),
];

const servedInGroup = (kind: KindDefinition, group: string): KindDefinition => ({
  ...kind,
  group,
  versionOf: { ...(kind.versionOf ?? { kind }), group },
});

/**
 * The kind in each version and group that is served. Ours comes first; of the groups that an installation uses beside it, each
 * has all of our kinds in all of their versions.
 */
export const servedKinds = (
  kind: KindDefinition,
  apiGroups: readonly string[],
): readonly KindDefinition[] => {
  const versions = servedVersions(kind);
  const others = kind.group === defaultGroup ? apiGroups : [];
  return [...versions, ...others.flatMap(group => versions.map(one => servedInGroup(one, group)))];
};

const groupVersion = (kind: KindDefinition, version: string): string =>
  kind.group === '' ? version : `${kind.group}/${version}`;

const converted = (
  object: KindObject,
  apiVersion: string,
  convert: (fields: VersionFields) => VersionFields,
): KindObject => {
  const { spec, status } = convert({
    spec: object.spec ?? {},
    ...(object.status === undefined ? {} : { status: object.status }),
  });
  const { status: _status, ...rest } = object;
  return { ...rest, apiVersion, spec, ...(status === undefined ? {} : { status }) };
};

/** An object of another version as the stored one has it. */
export const toStoredVersion = ({ kind, version, group }: VersionOf, object: KindObject): KindObject => {
  const renamed = objectInGroup(object, group, kind.group);
  return version ? converted(renamed, groupVersion(kind, kind.version), version.toStored) : renamed;
};

/** A stored object as another version has it. */
export const fromStoredVersion = ({ kind, version, group }: VersionOf, object: KindObject): KindObject =>
  objectInGroup(
    version ? converted(object, groupVersion(kind, version.version), version.fromStored) : object,
    kind.group,
    group,
  );

/** An object as it was stored by this or an earlier release, in the version that is stored today. */
export const upgraded = (kind: KindDefinition, object: KindObject): KindObject => {
  if (object.apiVersion === groupVersion(kind, kind.version)) return object;
  const version = kind.versions.find(one => groupVersion(kind, one.version) === object.apiVersion);
  return version ? toStoredVersion({ kind, version, group: kind.group }, object) : object;
};
