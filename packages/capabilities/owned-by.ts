import type { KindObject, OwnerReference } from '@causeway/model';

/** The reference that makes an object go when its owner goes. */
export const ownedBy = (owner: KindObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const serviceLabel = 'causeway.dev/service';
export const environmentLabel = 'causeway.dev/environment';
