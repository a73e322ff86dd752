import type { PolicySubject } from '@causeway/contracts';
import { type LabelSelector, readLabelSelector, selects } from '../policy-documents/label-selector.ts';
import { isRecord, type Path, textOf } from '../policy-documents/read-documents.ts';
import { identityOf } from '../policy-documents/subject.ts';
import { type KindSelector, parseKindSelector, selectsKind } from './kind-selector.ts';
import { matchesWildcard } from './wildcard.ts';

/** What a filter asks for; what it leaves out it does not ask. */
export interface Filter {
  readonly kinds: readonly KindSelector[];
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  readonly operations: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly selector: LabelSelector | undefined;
  readonly users: readonly string[];
}

export interface Match {
  readonly any: readonly Filter[];
  readonly all: readonly Filter[];
}

export type TellFault = (path: Path, message: string) => void;

const resourceFields = [
  'kinds',
  'name',
  'names',
  'namespaces',
  'operations',
  'annotations',
  'selector',
  'namespaceSelector',
];

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

/** Users by name, and service accounts by theirs. What a user’s groups and roles are, no document says. */
const readUsers = (given: unknown, path: Path, fault: TellFault): readonly string[] => {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    fault(path, 'subjects must be a list');
    return [];
  }
  return given.flatMap((one: unknown, index) => {
    const { kind, name, namespace } = isRecord(one) ? one : {};
    if (kind === 'User' && typeof name === 'string') return [name];
    if (kind === 'ServiceAccount' && typeof name === 'string')
      return [`system:serviceaccount:${textOf(namespace)}:${name}`];
    fault([...path, index], 'subjects may be a User or a ServiceAccount with a name: groups are not known');
    return [];
  });
};

const readFilter = (given: unknown, path: Path, fault: TellFault): Filter => {
  const filter = isRecord(given) ? given : {};
  if (!isRecord(given)) fault(path, 'a filter must be a mapping');
  for (const key of Object.keys(filter)) {
    if (key === 'roles' || key === 'clusterRoles')
      fault(
        [...path, key],
        `${key} is not supported: a policy does not know what roles a user has in a cluster`,
      );
    else if (key !== 'resources' && key !== 'subjects' && key !== 'any' && key !== 'all')
      fault([...path, key], `a filter has no field ${key}`);
  }
  const at = [...path, 'resources'];
  const resources = isRecord(filter.resources) ? filter.resources : {};
  for (const key of Object.keys(resources))
    if (!resourceFields.includes(key)) fault([...at, key], `resources has no field ${key}`);
  if (isRecord(resources.namespaceSelector) && Object.keys(resources.namespaceSelector).length > 0)
    fault(
      [...at, 'namespaceSelector'],
      'a namespaceSelector is not supported: a policy sees a document, not its namespace; name the teams in spec.match of the Policy',
    );
  const selector = resources.selector === undefined ? undefined : readLabelSelector(resources.selector);
  if (typeof selector === 'string') fault([...at, 'selector'], selector);
  const kinds = texts(resources.kinds).flatMap((text, index) => {
    const kind = parseKindSelector(text);
    if (!kind) fault([...at, 'kinds', index], `${text} is no kind`);
    return kind ?? [];
  });
  const annotations = isRecord(resources.annotations) ? resources.annotations : {};
  return {
    kinds,
    names: [...(typeof resources.name === 'string' ? [resources.name] : []), ...texts(resources.names)],
    namespaces: texts(resources.namespaces),
    operations: texts(resources.operations),
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, textOf(value)])),
    selector: typeof selector === 'string' ? undefined : selector,
    users: readUsers(filter.subjects, [...path, 'subjects'], fault),
  };
};

/** `match` or `exclude` of a rule: `any`, `all`, or the fields of one filter. */
export const readMatch = (given: unknown, path: Path, fault: TellFault): Match => {
  if (!isRecord(given)) {
    fault(path, 'this must be a mapping with any or all');
    return { any: [], all: [] };
  }
  const list = (name: 'any' | 'all'): readonly Filter[] => {
    const filters = given[name] ?? [];
    if (!Array.isArray(filters)) {
      fault([...path, name], `${name} must be a list`);
      return [];
    }
    return filters.map((one, index) => readFilter(one, [...path, name, index], fault));
  };
  const own = given.resources !== undefined || given.subjects !== undefined;
  const filters = {
    any: list('any'),
    all: [...list('all'), ...(own ? [readFilter(given, path, fault)] : [])],
  };
  for (const key of Object.keys(given))
    if (!own && key !== 'any' && key !== 'all') readFilter(given, path, fault);
  return filters;
};

export const isEmpty = ({ any, all }: Match): boolean => any.length === 0 && all.length === 0;

const includes = (patterns: readonly string[], value: string): boolean =>
  patterns.length === 0 || patterns.some(pattern => matchesWildcard(pattern, value));

const matchesFilter = (filter: Filter, subject: PolicySubject): boolean => {
  const document = identityOf(subject);
  const namespace = document.kind === 'Namespace' ? document.name : document.namespace;
  return (
    (filter.kinds.length === 0 || filter.kinds.some(kind => selectsKind(kind, document))) &&
    includes(filter.names, document.name) &&
    includes(filter.namespaces, namespace) &&
    (filter.operations.length === 0 || filter.operations.includes(subject.request.operation)) &&
    Object.entries(filter.annotations).every(([key, value]) =>
      Object.entries(document.annotations).some(
        ([name, one]) => matchesWildcard(key, name) && matchesWildcard(value, one),
      ),
    ) &&
    (!filter.selector || selects(filter.selector, document.labels, matchesWildcard)) &&
    includes(filter.users, subject.request.user)
  );
};

/** Whether a subject is one of those that filters ask for. */
export const matches = ({ any, all }: Match, subject: PolicySubject): boolean =>
  (any.length === 0 || any.some(one => matchesFilter(one, subject))) &&
  all.every(one => matchesFilter(one, subject));

/** Whether filters ask for certain operations; rules that do not are not about what is deleted. */
export const namesOperations = ({ any, all }: Match): boolean =>
  [...any, ...all].some(({ operations }) => operations.length > 0);
