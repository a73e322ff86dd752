import type { CelValue } from '@bufbuild/cel';
import type { PolicySubject } from '@causeway/contracts';
import { pluralOf } from '../policy-documents/plural.ts';
import { identityOf, objectsOf } from '../policy-documents/subject.ts';
import { celOf } from './values.ts';

/** What expressions may name, for the many policies that are asked about one subject. */
const made = new WeakMap<PolicySubject, Readonly<Record<string, CelValue>>>();

/** `request`: Kubernetes’ AdmissionRequest as far as it is known, and what our places say beyond it. */
const requestOf = (subject: PolicySubject): unknown => {
  const { group, version, kind, name, namespace } = identityOf(subject);
  return {
    ...subject.request,
    kind: { group, version, kind },
    resource: { group, version, resource: pluralOf(kind) },
    name,
    namespace,
    userInfo: { username: subject.request.user, groups: [] },
    dryRun: false,
  };
};

export const admissionValues = (
  subject: PolicySubject,
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, CelValue>> => {
  let values = made.get(subject);
  if (!values) {
    const { object, oldObject } = objectsOf(subject);
    values = {
      object: celOf(object),
      oldObject: celOf(oldObject),
      request: celOf(requestOf(subject)),
      namespaceObject: null,
    };
    made.set(subject, values);
  }
  return { ...values, params: celOf(parameters) };
};
