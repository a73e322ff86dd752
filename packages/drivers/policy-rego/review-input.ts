import type { PolicyModule, PolicySubject } from '@causeway/contracts';
import { identityOf, objectsOf } from '../policy-documents/subject.ts';

const mention = /^[^#\n]*\binput\s*(?:\.\s*review\b|\[\s*(?:"review"|`review`)\s*\])/m;

/** Do the modules read an admission review, as Gatekeeper’s do? */
export const readsReview = (modules: readonly PolicyModule[]): boolean =>
  modules.some(({ source }) => mention.test(source));

/** A subject in the shape that Gatekeeper gives its rules: `input.review.object`, `input.parameters`. */
export const reviewInput = (
  subject: PolicySubject,
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const { group, version, kind, name, namespace } = identityOf(subject);
  const { operation, user } = subject.request;
  return {
    parameters,
    review: {
      kind: { group, version, kind },
      name,
      namespace,
      operation,
      userInfo: { username: user },
      ...objectsOf(subject),
    },
  };
};
