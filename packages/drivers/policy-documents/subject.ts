import type { PolicySubject } from '@causeway/contracts';
import { isRecord } from './read-documents.ts';

/** What a document says of itself. What it does not say is empty. */
export interface SubjectIdentity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).flatMap(([key, one]) =>
      typeof one === 'string' ? [[key, one]] : [],
    ),
  );

export const identityOf = ({ object }: Pick<PolicySubject, 'object'>): SubjectIdentity => {
  const apiVersion = text(object.apiVersion);
  const slash = apiVersion.indexOf('/');
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: text(object.kind),
    name: text(metadata.name) || text(metadata.generateName),
    namespace: text(metadata.namespace),
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
  };
};

/** The object as it would be and as it was, as an AdmissionReview has them: what is deleted was, and is not. */
export const objectsOf = ({ object, old, request }: PolicySubject) =>
  request.operation === 'DELETE'
    ? { object: null, oldObject: old ?? object }
    : { object, oldObject: old ?? null };
