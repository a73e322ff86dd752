import {
  allVerbs,
  type Fields,
  isFields,
  type KindDefinition,
  kindId,
  storedKind,
  type Verb,
} from '@causeway/model';
import type { Access } from '../access/access.ts';
import type { Attempt } from '../access/authorizer.ts';
import type { Resource, Resources } from '../krm/resources.ts';

const text = (fields: Fields | undefined, name: string): string => {
  const value = fields?.[name];
  return typeof value === 'string' ? value : '';
};

const fieldsIn = (value: unknown, name: string): Fields | undefined => {
  const found = isFields(value) ? value[name] : undefined;
  return isFields(found) ? found : undefined;
};

interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

/** `deletecollection` needs what `delete` needs; a verb we do not have is nobody's. */
const verbsOf = (verb: string): readonly Verb[] => {
  if (verb === '*') return allVerbs;
  if (verb === 'deletecollection') return ['delete'];
  return allVerbs.filter(one => one === verb);
};

const attemptsAt = (
  { kind, actions, streams }: Resource,
  verbs: readonly Verb[],
  at: { namespace: string; name: string; subresource: string },
): Attempt[] => {
  const { namespace, name, subresource } = at;
  const role = (actions.get(subresource) ?? streams.get(subresource))?.role;
  return verbs.map(verb => ({
    verb,
    kind,
    namespace,
    ...(name ? { name } : {}),
    ...(subresource ? { subresource } : {}),
    ...(role ? { role } : {}),
  }));
};

const resourceVerdict = (access: Access, resources: Resources, user: string, attributes: Fields): Verdict => {
  const group = text(attributes, 'group');
  const plural = text(attributes, 'resource');
  const chosen = resources.all.filter(
    ({ kind }) => (group === '*' || kind.group === group) && (plural === '*' || kind.plural === plural),
  );
  const verbs = verbsOf(text(attributes, 'verb'));
  if (chosen.length === 0 || verbs.length === 0)
    return { allowed: false, reason: 'there is no such resource or verb' };
  const at = {
    namespace: text(attributes, 'namespace'),
    name: text(attributes, 'name'),
    subresource: text(attributes, 'subresource'),
  };
  for (const resource of chosen)
    for (const attempt of attemptsAt(resource, verbs, at)) {
      const decision = access.decide(user, attempt);
      if (!decision.allowed) return { allowed: false, reason: decision.reason };
      if (decision.teams) return { allowed: true, reason: 'only objects of your own teams are shown' };
    }
  return { allowed: true, reason: '' };
};

const openPaths = /^\/(?:apis?|openapi|version|healthz|readyz|livez)(?:\/|$)/;

/** Answers SelfSubjectAccessReview (authorization.k8s.io/v1). */
export const reviewAccess = (access: Access, resources: Resources, user: string, spec: unknown): Fields => {
  const attributes = fieldsIn(spec, 'resourceAttributes');
  const other = fieldsIn(spec, 'nonResourceAttributes');
  const verdict = attributes
    ? resourceVerdict(access, resources, user, attributes)
    : { allowed: openPaths.test(text(other, 'path')) && text(other, 'verb') === 'get', reason: '' };
  return { allowed: verdict.allowed, ...(verdict.reason ? { reason: verdict.reason } : {}) };
};

const ruleFor = (
  access: Access,
  user: string,
  kind: KindDefinition,
  namespace: string,
  name: string,
): Fields | undefined => {
  const verbs = allVerbs.filter(
    verb =>
      access.decide(user, {
        verb,
        kind,
        namespace: kind.scope === 'Cluster' ? '' : namespace,
        ...(name ? { name } : {}),
      }).allowed,
  );
  if (verbs.length === 0) return undefined;
  return {
    verbs,
    apiGroups: [kind.group],
    resources: [kind.plural],
    ...(name ? { resourceNames: [name] } : {}),
  };
};

/** Whoever may read or change an object may do so with its scale. */
const scaleRules = (access: Access, user: string, kind: KindDefinition, namespace: string): Fields[] => {
  if (!kind.scale) return [];
  const verbs = (['get', 'patch', 'update'] as const).filter(
    verb => access.decide(user, { verb, kind, namespace, subresource: 'scale' }).allowed,
  );
  return verbs.length > 0 ? [{ verbs, apiGroups: [kind.group], resources: [`${kind.plural}/scale`] }] : [];
};

/** Answers SelfSubjectRulesReview (authorization.k8s.io/v1): what the user may do in a namespace. */
export const reviewRules = (access: Access, resources: Resources, user: string, spec: unknown): Fields => {
  const namespace = isFields(spec) ? text(spec, 'namespace') : '';
  const rules = resources.all.flatMap(({ kind, actions, streams }) => {
    // A team's own object and namespace are cluster-scoped; what its members may do concerns only those of its name.
    const names =
      kind.scope === 'Cluster' && ['teams.causeway.dev', 'namespaces'].includes(kindId(storedKind(kind)))
        ? ['', namespace]
        : [''];
    const own = names.map(name => ruleFor(access, user, kind, namespace, name));
    // What holds for all objects need not be said again for one.
    if (String(own[0]?.verbs) === String(own[1]?.verbs)) own.pop();
    const extras = [...actions.values(), ...streams.values()]
      .filter(
        ({ name, role }) =>
          access.decide(user, { verb: 'get', kind, namespace, subresource: name, role }).allowed,
      )
      .map(({ name }) => ({
        verbs: [actions.has(name) ? 'create' : 'get'],
        apiGroups: [kind.group],
        resources: [`${kind.plural}/${name}`],
      }));
    return [...own, ...scaleRules(access, user, kind, namespace), ...extras].filter(
      rule => rule !== undefined,
    );
  });
  const nonResourceRules = [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
      ],
    },
  ];
  return { resourceRules: rules, nonResourceRules, incomplete: false };
};
