import {
  apiVersionOf,
  fromStoredVersion,
  type KindDefinition,
  type KindObject,
  servedVersions,
  toStoredVersion,
} from '@causeway/model';

const families = new WeakMap<KindDefinition, ReadonlyMap<string, KindDefinition>>();

/** A kind in all versions that are served, by apiVersion. The one given is itself among them. */
export const versionsOf = (kind: KindDefinition): ReadonlyMap<string, KindDefinition> => {
  const known = families.get(kind);
  if (known) return known;
  const all = new Map(servedVersions(kind.versionOf?.kind ?? kind).map(one => [apiVersionOf(one), one]));
  all.set(apiVersionOf(kind), kind);
  families.set(kind, all);
  return all;
};

/** Conversions are made for objects with their defaults; what is only half an object gets those it can have. */
const complete = (kind: KindDefinition, object: KindObject): KindObject => {
  const spec = kind.spec.safeParse(object.spec ?? {});
  return spec.success ? { ...object, spec: spec.data as KindObject['spec'] } : object;
};

/** An object of one version as another has it. */
export const inVersion = (object: KindObject, from: KindDefinition, to: KindDefinition): KindObject => {
  if (apiVersionOf(from) === apiVersionOf(to)) return object;
  const whole = complete(from, object);
  const stored = from.versionOf ? toStoredVersion(from.versionOf, whole) : whole;
  return to.versionOf ? fromStoredVersion(to.versionOf, stored) : stored;
};
