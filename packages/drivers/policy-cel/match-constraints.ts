import type { PolicySubject } from '@causeway/contracts';
import { type LabelSelector, readLabelSelector, selects } from '../policy-documents/label-selector.ts';
import { pluralOf } from '../policy-documents/plural.ts';
import { isRecord, type Path } from '../policy-documents/read-documents.ts';
import { identityOf } from '../policy-documents/subject.ts';

interface ResourceRule {
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
}

/** `spec.matchConstraints` of a ValidatingAdmissionPolicy. */
export interface MatchConstraints {
  readonly rules: readonly ResourceRule[] | undefined;
  readonly except: readonly ResourceRule[];
  readonly objects: LabelSelector | undefined;
}

export type TellPathFault = (path: Path, message: string) => void;

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

const readRules = (given: unknown, path: Path, fault: TellPathFault): readonly ResourceRule[] => {
  if (!Array.isArray(given)) {
    fault(path, 'this must be a list of rules');
    return [];
  }
  return given.flatMap((one: unknown, index) => {
    if (isRecord(one)) {
      const [groups, versions] = [texts(one.apiGroups), texts(one.apiVersions)];
      const [operations, resources] = [texts(one.operations), texts(one.resources)];
      if (groups.length && versions.length && operations.length && resources.length)
        return [{ groups, versions, operations, resources, names: texts(one.resourceNames) }];
    }
    fault([...path, index], 'a rule needs apiGroups, apiVersions, operations and resources');
    return [];
  });
};

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0);

export const readMatchConstraints = (given: unknown, path: Path, fault: TellPathFault): MatchConstraints => {
  if (!isRecord(given)) {
    fault(path, 'matchConstraints must be a mapping');
    return { rules: [], except: [], objects: undefined };
  }
  const known = [
    'resourceRules',
    'excludeResourceRules',
    'objectSelector',
    'namespaceSelector',
    'matchPolicy',
  ];
  for (const key of Object.keys(given))
    if (!known.includes(key)) fault([...path, key], `matchConstraints has no field ${key}`);
  if (!isEmpty(given.namespaceSelector))
    fault(
      [...path, 'namespaceSelector'],
      'a namespaceSelector is not supported: a policy sees a document, not its namespace; name the teams in spec.match of the Policy',
    );
  const objects = isEmpty(given.objectSelector) ? undefined : readLabelSelector(given.objectSelector);
  if (typeof objects === 'string') fault([...path, 'objectSelector'], objects);
  return {
    rules:
      given.resourceRules === undefined
        ? undefined
        : readRules(given.resourceRules, [...path, 'resourceRules'], fault),
    except:
      given.excludeResourceRules === undefined
        ? []
        : readRules(given.excludeResourceRules, [...path, 'excludeResourceRules'], fault),
    objects: typeof objects === 'string' ? undefined : objects,
  };
};

const includes = (wanted: readonly string[], value: string): boolean =>
  wanted.includes('*') || wanted.includes(value);

/** Whether a policy is asked about a subject. A document says its kind; its resource is the kind’s plural. */
export const isConstrainedTo = (
  { rules, except, objects }: MatchConstraints,
  subject: PolicySubject,
): boolean => {
  const { group, version, kind, name, labels } = identityOf(subject);
  const resource = pluralOf(kind);
  const matches = (rule: ResourceRule): boolean =>
    includes(rule.groups, group) &&
    includes(rule.versions, version) &&
    includes(rule.operations, subject.request.operation) &&
    (includes(rule.resources, resource) || rule.resources.includes('*/*')) &&
    (rule.names.length === 0 || rule.names.includes(name));
  return (
    (rules === undefined || rules.some(matches)) &&
    !except.some(matches) &&
    (objects === undefined || selects(objects, labels))
  );
};
