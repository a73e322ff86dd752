import { apiVersionInGroup, defaultGroup, isFields } from '@causeway/model';
import type { KrmContext } from './krm-request.ts';
import type { Resource } from './resources.ts';

/**
 * A body whose owners are named in any group that is served, with all of them in the group of its address: as every object
 * there shows its owners.
 */
export const ownersInGroup = <T>({ apiGroups }: KrmContext, { kind }: Resource, body: T): T => {
  if (apiGroups.length === 0 || !isFields(body) || !isFields(body.metadata)) return body;
  const { ownerReferences } = body.metadata;
  if (!Array.isArray(ownerReferences)) return body;
  const own = apiGroups.includes(kind.group) ? kind.group : defaultGroup;
  const renamed = ownerReferences.map(owner =>
    isFields(owner) && typeof owner.apiVersion === 'string'
      ? { ...owner, apiVersion: apiVersionInGroup(owner.apiVersion, [defaultGroup, ...apiGroups], own) }
      : owner,
  );
  return { ...body, metadata: { ...body.metadata, ownerReferences: renamed } };
};
