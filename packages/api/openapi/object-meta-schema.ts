import type { FieldSchema } from '@causeway/model';

const textMap = (description: string): FieldSchema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string', default: '' },
});
const time = (description: string): FieldSchema => ({ type: 'string', format: 'date-time', description });

const ownerReference: FieldSchema = {
  type: 'object',
  description: 'An object that this one belongs to and goes with.',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  'x-kubernetes-map-type': 'atomic',
  properties: {
    apiVersion: { type: 'string', description: 'API version of the owner.' },
    kind: { type: 'string', description: 'Kind of the owner.' },
    name: { type: 'string', description: 'Name of the owner, in the same namespace or cluster-scoped.' },
    uid: {
      type: 'string',
      description: 'UID of the owner: another object of the same name is not the owner.',
    },
    controller: { type: 'boolean', description: 'The owner manages this object; at most one owner does.' },
    blockOwnerDeletion: {
      type: 'boolean',
      description: 'A foreground deletion of the owner waits for this object.',
    },
  },
};

const managedFieldsEntry: FieldSchema = {
  type: 'object',
  description: 'Fields that one manager last changed or applies.',
  properties: {
    manager: { type: 'string', description: 'Who: the fieldManager of its requests.' },
    operation: { type: 'string', description: 'Apply or Update.' },
    apiVersion: { type: 'string', description: 'The version in which the fields are named.' },
    time: time('When it last changed something.'),
    fieldsType: { type: 'string', description: 'FieldsV1.' },
    fieldsV1: { type: 'object', description: 'The fields, as a tree of names.' },
    subresource: { type: 'string', description: 'Where it wrote, when not to the object itself.' },
  },
};

/** The metadata that every object has (Kubernetes API conventions, "Metadata"). */
export const objectMetaSchema: FieldSchema = {
  type: 'object',
  description: 'What every object has: its name, place, labels and version.',
  properties: {
    name: {
      type: 'string',
      description: 'Unique among objects of the kind in the namespace. Cannot be changed.',
    },
    generateName: {
      type: 'string',
      description: 'Instead of a name: the server adds five letters and digits to it.',
    },
    namespace: {
      type: 'string',
      description: 'The team it belongs to. Empty for cluster-scoped kinds. Cannot be changed.',
    },
    uid: {
      type: 'string',
      description: 'Unique over time: an object created again under the same name has another. Read-only.',
    },
    resourceVersion: {
      type: 'string',
      description:
        'Changes with every change. Sent back in an update, it keeps the change of another from being lost.',
    },
    generation: { type: 'integer', format: 'int64', description: 'Counts changes of the spec. Read-only.' },
    creationTimestamp: time('When it was created. Read-only.'),
    deletionTimestamp: time(
      'When its deletion was asked for; it goes when its finalizers are done. Read-only.',
    ),
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64', description: 'Always 0. Read-only.' },
    labels: textMap('Short values to select objects by: kubectl get -l key=value.'),
    annotations: textMap('Notes of any length that nothing selects by.'),
    finalizers: {
      type: 'array',
      description: 'What has to be done before it may go. Each entry is removed by whoever does it.',
      items: { type: 'string', default: '' },
      'x-kubernetes-list-type': 'set',
    },
    ownerReferences: {
      type: 'array',
      description: 'Objects it belongs to. When all are gone, it goes.',
      items: ownerReference,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
    },
    managedFields: {
      type: 'array',
      description: 'Who manages which fields, for server-side apply. The server writes it.',
      items: managedFieldsEntry,
      'x-kubernetes-list-type': 'atomic',
    },
  },
};

export const listMetaSchema: FieldSchema = {
  type: 'object',
  description: 'What every list has.',
  properties: {
    resourceVersion: {
      type: 'string',
      description: 'The version of everything at which the list was true: watch from it.',
    },
    continue: {
      type: 'string',
      description: 'Set when limit cut the list short: ask again with it for the rest.',
    },
    remainingItemCount: { type: 'integer', format: 'int64', description: 'How many items the rest has.' },
  },
};
