import type { KindDefinition, VersionFields, VersionOf } from './define-kind.ts';
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
      versionOf: { kind, version },
    };
  }),
];

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
export const toStoredVersion = ({ kind, version }: VersionOf, object: KindObject): KindObject =>
  converted(object, groupVersion(kind, kind.version), version.toStored);

/** A stored object as another version has it. */
export const fromStoredVersion = ({ kind, version }: VersionOf, object: KindObject): KindObject =>
  converted(object, groupVersion(kind, version.version), version.fromStored);

/** An object as it was stored by this or an earlier release, in the version that is stored today. */
export const upgraded = (kind: KindDefinition, object: KindObject): KindObject => {
  if (object.apiVersion === groupVersion(kind, kind.version)) return object;
  const version = kind.versions.find(one => groupVersion(kind, one.version) === object.apiVersion);
  return version ? toStoredVersion({ kind, version }, object) : object;
};
