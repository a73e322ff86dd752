/** The resource model's object shapes (Kubernetes API conventions, "Objects"). */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/**
 * A set of fields as Kubernetes writes it (FieldsV1 of sigs.k8s.io/structured-merge-diff). A name is `f:` and a field,
 * `k:` and the keys of a list item, or `v:` and the value of one; `{}` is a member of the set; a member that has
 * members below it holds `.`.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** Which fields someone last changed (Update) or says they want (Apply). */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** When they last changed something, RFC 3339. */
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  /** Who manages which fields, for server-side apply. Kept for what comes through the API. */
  managedFields?: readonly ManagedFieldsEntry[];
}

export interface KindObject<Spec = Record<string, unknown>, Status = Record<string, unknown>> {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: Spec;
  status?: Status;
}

/** What a caller hands in: the server fills the rest of the metadata. */
export interface NewObject<Spec = Record<string, unknown>, Status = Record<string, unknown>> {
  apiVersion?: string;
  kind?: string;
  metadata: { name: string; namespace?: string } & Partial<Omit<ObjectMeta, 'name' | 'namespace'>>;
  spec?: Spec;
  status?: Status;
}

/** Which object of a kind. `namespace` is '' for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

export const keyOf = (object: { metadata: { name: string; namespace?: string | undefined } }): ObjectKey => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});

export const keyText = (key: ObjectKey): string =>
  key.namespace ? `${key.namespace}/${key.name}` : key.name;

export const parseKey = (text: string): ObjectKey => {
  const slash = text.indexOf('/');
  return slash < 0
    ? { namespace: '', name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
};
