import { isRecord } from '../policy-documents/read-documents.ts';

/**
 * Rules about Pods are also about what makes Pods: Kyverno writes them for the pod controllers, and so does this. See
 * https://kyverno.io/docs/writing-policies/autogen/.
 */
const controllers = ['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'];
export const annotation = 'pod-policies.kyverno.io/autogen-controllers';

type Fields = Readonly<Record<string, unknown>>;

const filtersOf = (match: unknown): readonly Fields[] => {
  if (!isRecord(match)) return [];
  const listed = [match.any, match.all].flatMap(list => (Array.isArray(list) ? list : []));
  return [match, ...listed].filter(isRecord);
};

const resourcesOf = (filter: Fields): Fields | undefined =>
  isRecord(filter.resources) && Object.keys(filter.resources).length > 0 ? filter.resources : undefined;

const kindsOf = (resources: Fields): readonly unknown[] =>
  Array.isArray(resources.kinds) ? resources.kinds : [];
const isPod = (kind: unknown): boolean => kind === 'Pod' || kind === 'v1/Pod' || kind === '*/Pod';

/** Filters that ask for more than kinds and namespaces would not mean the same for a controller. */
const plain = (resources: Fields): boolean =>
  ['name', 'names', 'selector', 'annotations'].every(key => resources[key] === undefined) &&
  !(kindsOf(resources).some(isPod) && kindsOf(resources).length > 1);

/** The controllers that rules of a policy are also written for; none where Kyverno writes none. */
const controllersFor = (policy: Fields, rules: readonly unknown[]): readonly string[] => {
  const all = [...controllers, 'CronJob'];
  const resources = rules
    .filter(isRecord)
    .flatMap(rule => [...filtersOf(rule.match), ...filtersOf(rule.exclude)])
    .flatMap(filter => {
      const found = resourcesOf(filter);
      return found ? [found] : [];
    });
  if (!resources.every(plain)) return [];
  const metadata = isRecord(policy.metadata) ? policy.metadata : {};
  const annotations = isRecord(metadata.annotations) ? metadata.annotations : {};
  const asked = annotations[annotation];
  if (typeof asked !== 'string' || asked === 'all') return all;
  const names = asked.split(',').map(name => name.trim());
  return all.filter(name => names.includes(name));
};

const withKinds = (match: unknown, kinds: readonly string[]): unknown => {
  if (!isRecord(match)) return match;
  const change = (filter: unknown): unknown => {
    const resources = isRecord(filter) ? resourcesOf(filter) : undefined;
    return isRecord(filter) && resources && kindsOf(resources).some(isPod)
      ? { ...filter, resources: { ...resources, kinds } }
      : filter;
  };
  const changed = change(match) as Fields;
  return {
    ...changed,
    ...(Array.isArray(match.any) ? { any: match.any.map(change) } : {}),
    ...(Array.isArray(match.all) ? { all: match.all.map(change) } : {}),
  };
};

/** Texts that speak of a Pod’s fields speak of the template’s instead. */
const movePaths = (value: unknown, prefix: string): unknown => {
  if (typeof value === 'string')
    return value.replace(
      /\b(object|oldObject)\.(spec|metadata)\b/g,
      (_all, object, field) => `${object}.${prefix}.${field}`,
    );
  if (Array.isArray(value)) return value.map(one => movePaths(one, prefix));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, movePaths(one, prefix)]));
};

const wrap = (pattern: unknown, path: readonly string[]): unknown =>
  path.reduceRight((inner, key) => ({ [key]: inner }), pattern);

const ruleFor = (rule: Fields, kinds: readonly string[], path: readonly string[]): Fields => {
  const { name, match, exclude, validate, ...rest } = rule;
  const moved = isRecord(validate) ? (movePaths(validate, path.join('.')) as Fields) : {};
  return {
    ...(movePaths(rest, path.join('.')) as Fields),
    name,
    match: withKinds(match, kinds),
    ...(exclude === undefined ? {} : { exclude: withKinds(exclude, kinds) }),
    validate: {
      ...moved,
      ...(moved.pattern === undefined ? {} : { pattern: wrap(moved.pattern, path) }),
      ...(Array.isArray(moved.anyPattern)
        ? { anyPattern: moved.anyPattern.map(one => wrap(one, path)) }
        : {}),
    },
  };
};

/** A rule as it is written, and as it is for controllers. */
export const generatedRules = (
  policy: Fields,
  rules: readonly unknown[],
  rule: Fields,
): readonly Fields[] => {
  const isAboutPods = filtersOf(rule.match).some(filter => kindsOf(resourcesOf(filter) ?? {}).some(isPod));
  if (!isAboutPods) return [];
  const kinds = controllersFor(policy, rules);
  const others = kinds.filter(kind => kind !== 'CronJob');
  return [
    ...(others.length > 0 ? [ruleFor(rule, others, ['spec', 'template'])] : []),
    ...(kinds.includes('CronJob')
      ? [ruleFor(rule, ['CronJob'], ['spec', 'jobTemplate', 'spec', 'template'])]
      : []),
  ];
};
