import { type Call, flag } from '../http/call.ts';
import type { KrmPath } from './krm-path.ts';
import type { Resources } from './resources.ts';

/** As the Kubernetes API names what is asked. */
const verbOf = ({ method, query, notes }: Call, hasName: boolean): string => {
  switch (method) {
    case 'GET':
      if (query.size > 0 && flag(query, 'watch')) return 'watch';
      return hasName ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'DELETE':
      return hasName ? 'delete' : 'deletecollection';
    default:
      return notes.verb;
  }
};

/** Notes which resource a request is about, and what it does with it: only names that the platform itself gave. */
export const noteResource = (call: Call, path: KrmPath, resources: Resources): void => {
  const { notes } = call;
  if (path.type !== 'resource') {
    notes.resource = 'discovery';
    return;
  }
  const { group, version, plural, name, subresource } = path;
  const resource = resources.find(group, version, plural);
  if (!resource) {
    if (group === 'authorization.k8s.io' || group === 'authentication.k8s.io') notes.resource = 'reviews';
    return;
  }
  notes.verb = verbOf(call, name !== '');
  const known =
    subresource === 'status' || resource.actions.has(subresource) || resource.streams.has(subresource);
  notes.resource = known ? `${resource.kind.plural}/${subresource}` : resource.kind.plural;
};
