import {
  closestNames,
  type Fields,
  isFields,
  type KindDefinition,
  type KindObject,
  kinds,
  roles,
  SourceKind,
  servedVersions,
  upgraded,
  withoutNulls,
} from '@causeway/model';
import { checkObject, type FileDocument } from '@causeway/policy';
import { ownAnnotations } from './annotations.ts';
import { type FileMessage, shownPath } from './file-words.ts';
import { type Stated, statedOf } from './stated.ts';

/** One object as a file wants it. */
export interface PlatformDocument {
  readonly kind: KindDefinition;
  readonly name: string;
  /** As it can be shown. */
  readonly path: string;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly stated: Stated;
}

const rank = (role: KindDefinition['access']['create']): number => (role ? roles.indexOf(role) : 99);

/** Kinds that files of a repository may say: what a developer may create in the team. */
export const fileKinds: readonly KindDefinition[] = kinds.filter(
  kind => kind.scope === 'Namespaced' && !kind.body && rank(kind.access.create) <= rank('developer'),
);

const kindNamed = (apiVersion: unknown, name: unknown): KindDefinition | undefined => {
  const version = String(apiVersion).split('/').at(-1);
  return fileKinds
    .filter(kind => kind.kind === name && String(apiVersion).startsWith(`${kind.group}/`))
    .find(kind => servedVersions(kind).some(one => one.version === version));
};

const offered = fileKinds.map(({ kind }) => kind).join(', ');

/** Why an object is none that files may say: one of ours may be written in a group that nobody has set. */
const otherKind = (apiVersion: string, name: string, apiGroups: readonly string[]): string => {
  const [group = '', version] = apiVersion.slice(0, 80).split('/');
  const ours = version !== undefined && fileKinds.some(({ kind }) => kind === name);
  const [near] = closestNames(group, apiGroups);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  const hint = ours
    ? `${meant} If ${group} is your organisation’s, have it added to apiGroups in config.yaml.`
    : '';
  return `${apiVersion.slice(0, 80)} ${name.slice(0, 80)} is not a kind that files of a repository may say. They may say ${offered}.${hint}`;
};

/** An object of a file, or what is wrong with it, each with its line. `team` is whose repository it lies in. */
export const documentOf = (
  found: FileDocument,
  path: string,
  team: string,
  source: string,
  apiGroups: readonly string[] = [],
): { readonly document: PlatformDocument } | { readonly problems: readonly FileMessage[] } => {
  const at = (field: readonly (string | number)[], message: string, of: 'name' | 'value' = 'value') => ({
    path,
    line: found.positionOf(field, of).line,
    message,
  });
  const faults = checkObject(found.value);
  if (faults.length > 0)
    return {
      problems: faults
        .slice(0, 20)
        .map(({ path: field, of, message, next }) => at(field, `${shownPath(message)} ${next}`, of)),
    };
  const object = withoutNulls(found.value) as Fields;
  const kind = kindNamed(object.apiVersion, object.kind);
  if (!kind)
    return { problems: [at(['kind'], otherKind(String(object.apiVersion), String(object.kind), apiGroups))] };
  const metadata = object.metadata as Fields;
  const problems = metadataProblems(metadata, kind, team, source).map(({ field, message }) =>
    at(['metadata', ...field], message),
  );
  if (problems.length > 0) return { problems };
  return {
    document: {
      kind,
      name: String(metadata.name),
      path,
      line: found.positionOf([]).line,
      stated: statedOf(kind, upgraded(kind, object as unknown as KindObject)),
    },
  };
};

const metadataProblems = (
  metadata: Fields,
  kind: KindDefinition,
  team: string,
  source: string,
): { field: string[]; message: string }[] => {
  const problems: { field: string[]; message: string }[] = [];
  const wrong = (field: string[], message: string) => problems.push({ field, message });
  const { name, namespace, annotations } = metadata;
  if (typeof name !== 'string')
    wrong(['generateName'], 'A file names its object: set metadata.name instead of generateName.');
  if (namespace !== undefined && namespace !== team)
    wrong(
      ['namespace'],
      `The repository belongs to team ${team}, and its files say what is of that team, not of ${String(namespace).slice(0, 63)}. Leave metadata.namespace out.`,
    );
  for (const field of ['finalizers', 'ownerReferences'])
    if (metadata[field] !== undefined)
      wrong([field], `metadata.${field} is set by programs, not by files. Remove it.`);
  for (const key of ownAnnotations)
    if (isFields(annotations) && annotations[key] !== undefined)
      wrong(['annotations', key], `The annotation ${key} is set by the platform. Remove it.`);
  if (kind === SourceKind && name === source)
    wrong(
      ['name'],
      `Source/${source} reads this file, and is not described by it. Change it with platform apply.`,
    );
  return problems;
};
