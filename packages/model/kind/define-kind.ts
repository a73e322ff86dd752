import type { z } from 'zod';
import type { KindObject, NewObject } from './object.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
export const allVerbs: readonly Verb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
export const readVerbs: readonly Verb[] = ['get', 'list', 'watch'];

/** The roles a person or program has in a team; each includes the ones before it. */
export type Role = 'viewer' | 'developer' | 'owner';
export const roles: readonly Role[] = ['viewer', 'developer', 'owner'];

/** A printer column, as in CustomResourceDefinition `additionalPrinterColumns`. */
export interface Column {
  readonly name: string;
  /** A dotted path into the object; `conditions[Ready]` style picks a list entry by its `type`: `.status.conditions[Ready].status`. */
  readonly path: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** 0 is always shown; 1 only with `-o wide`. */
  readonly priority?: 0 | 1;
  readonly description?: string;
}

/**
 * Where an object says how many copies it asks for and has, as in CustomResourceDefinition `subresources.scale`: it is then also
 * served as `/scale` (autoscaling/v1), for `kubectl scale` and autoscalers.
 */
export interface ScalePaths {
  /** A whole number in the spec: `.spec.replicas`. */
  readonly specReplicasPath: string;
  /** A whole number in the status; none counts as 0. */
  readonly statusReplicasPath: string;
  /** Text in the status: a label selector of the copies. */
  readonly labelSelectorPath?: string;
}

/** What differs from version to version; metadata never does. */
export interface VersionFields {
  readonly spec: Record<string, unknown>;
  readonly status?: Record<string, unknown> | undefined;
}

/** A version of a kind that is served beside the stored one, or was stored once. */
export interface KindVersion {
  readonly version: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  /** Default: those of the stored version. */
  readonly columns?: readonly Column[];
  /** Set when it will go: since when, until when, and what to use. Clients are warned with it. */
  readonly deprecation?: string;
  /**
   * Pure, and for everything that the schemas take. There and back must lose nothing: what the other version has no field for
   * belongs into one of its own.
   */
  readonly toStored: (fields: VersionFields) => VersionFields;
  readonly fromStored: (fields: VersionFields) => VersionFields;
}

/** A kind as it is served beside the way it is stored: in another of its versions, in another group, or both. */
export interface VersionOf {
  readonly kind: KindDefinition;
  /** Not set: the version that is stored. */
  readonly version?: KindVersion;
  /** The group it is served in. */
  readonly group: string;
}

export interface KindDefinition<Spec extends z.ZodType = z.ZodType, Status extends z.ZodType = z.ZodType> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  /** For core/v1 kinds whose fields stand beside metadata: the schema of those fields; spec and status are then not used. */
  readonly body?: z.ZodObject;
  readonly columns: readonly Column[];
  /** Dotted paths usable as field selectors beside metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** What the lowest role that may do it must be; a verb not named is for the platform's own processes. Status is always theirs alone. */
  readonly access: Partial<Record<Verb, Role>>;
  /** Whoever is signed in may read it, whatever their role. */
  readonly everyoneReads: boolean;
  /** The spec never changes after creation. */
  readonly immutable: boolean;
  readonly scale?: ScalePaths;
  /** Further versions, the newest first. Whoever once stored an object as one of them can still read it. */
  readonly versions: readonly KindVersion[];
  /** Set where this is not the stored version. */
  readonly versionOf?: VersionOf;
  /** People choose the name (a DNS label) or the platform composes it (a DNS subdomain). */
  readonly naming: 'label' | 'subdomain';
  /** A field-by-field check that a schema cannot say: returns what is wrong. */
  readonly validate?: (
    object: KindObject<z.infer<Spec>>,
    old?: KindObject<z.infer<Spec>>,
  ) => { field: string; message: string }[];
}

type Given<Spec extends z.ZodType, Status extends z.ZodType> = Pick<
  KindDefinition<Spec, Status>,
  'kind' | 'plural' | 'description' | 'spec' | 'status'
> &
  Partial<KindDefinition<Spec, Status>>;

export const defaultGroup = 'causeway.dev';

/** Declares a kind. API, OpenAPI, validation, CLI verbs, tables and reference docs come from this one declaration. */
export const defineKind = <Spec extends z.ZodType, Status extends z.ZodType>(
  given: Given<Spec, Status>,
): KindDefinition<Spec, Status> => ({
  group: defaultGroup,
  version: 'v1',
  singular: given.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  columns: [],
  selectableFields: [],
  access: { get: 'viewer', list: 'viewer', watch: 'viewer' },
  everyoneReads: false,
  immutable: false,
  naming: 'label',
  versions: [],
  ...given,
});

/** An object of a kind, as a type: `ObjectOf<typeof ServiceKind>`. */
export type ObjectOf<K extends KindDefinition> = KindObject<z.infer<K['spec']>, z.infer<K['status']>>;

/** What a caller hands in to create an object of a kind: fields with a default may be left out. */
export type NewObjectOf<K extends KindDefinition> = NewObject<z.input<K['spec']>, z.input<K['status']>>;

/** What is made of a kind’s names is the same text each time: every object of the kind has it, and maps need not hash it anew. */
const named = <K extends object>(nameOf: (kind: K) => string): ((kind: K) => string) => {
  const names = new WeakMap<K, string>();
  return kind => {
    let name = names.get(kind);
    if (name === undefined) {
      name = nameOf(kind);
      names.set(kind, name);
    }
    return name;
  };
};

export const apiVersionOf = named(({ group, version }: Pick<KindDefinition, 'group' | 'version'>) =>
  group === '' ? version : `${group}/${version}`,
);

/** The kind as it is stored, of one that may be served in another version or group. */
export const storedKind = (kind: KindDefinition): KindDefinition => kind.versionOf?.kind ?? kind;

/** What names a kind in the store, leases and metrics: `services.causeway.dev`. */
export const kindId = named(({ group, plural }: Pick<KindDefinition, 'group' | 'plural'>) =>
  group === '' ? plural : `${plural}.${group}`,
);
