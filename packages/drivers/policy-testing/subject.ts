import type { PolicyEvaluation, PolicySubject } from '@causeway/contracts';
import { isPlatformError } from '@causeway/model';
import type { LoadedPolicy } from '../policy-workers/loaded-policy.ts';

/** A subject as admission hands it in. */
export const subjectOf = (
  object: Readonly<Record<string, unknown>>,
  {
    old,
    ...request
  }: Partial<PolicySubject['request']> & { readonly old?: Readonly<Record<string, unknown>> } = {},
): PolicySubject => ({
  object,
  ...(old ? { old } : {}),
  request: {
    operation: 'CREATE',
    place: 'admission',
    user: 'ann',
    actor: 'person',
    time: '2026-03-01T12:00:00Z',
    ...request,
  },
});

export const evaluate = (
  policy: LoadedPolicy,
  subject: PolicySubject,
  { parameters = {}, milliseconds = 20_000, trace = false } = {},
): PolicyEvaluation =>
  policy.evaluate(subject, parameters, { trace, limits: { milliseconds, megabytes: 64 } });

/** The faults for which a source is refused, as `place: message`; none when it is taken. */
export const faultsOf = (load: () => unknown): readonly string[] => {
  try {
    load();
    return [];
  } catch (error) {
    if (!isPlatformError(error, 'Invalid')) throw error;
    return error.causes.map(({ field, message }) => `${field}: ${message}`);
  }
};
