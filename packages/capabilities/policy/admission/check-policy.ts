import type { PolicyEngine } from '@causeway/contracts';
import { type ErrorCause, PlatformError, type Policy } from '@causeway/model';
import { parameterFaults, sourceOf } from '@causeway/policy';
import { isFaultOfPolicy } from '../registry/fault-of-policy.ts';

const invalid = (name: string, causes: readonly ErrorCause[]): PlatformError =>
  new PlatformError(
    'Invalid',
    `Policy.causeway.dev "${name}" is invalid: ${causes.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ')}`,
    { causes, name, next: 'Correct it at the place that is named; `platform policy test` tries it first.' },
  );

/**
 * Refuses a policy that could not judge: a text that does not compile, with file and line, or parameters that do not fit its
 * schema. A text that is elsewhere is looked at when it comes.
 */
export const checkPolicy = async (
  { metadata, spec }: Pick<Policy, 'metadata' | 'spec'>,
  engine: Pick<PolicyEngine, 'load'>,
): Promise<void> => {
  const faults = parameterFaults(spec).map(({ field, message }) => ({
    reason: 'FieldValueInvalid',
    field,
    message,
  }));
  if (faults.length > 0) throw invalid(metadata.name, faults);
  // Without its status: a text that lies elsewhere is not looked at here.
  const source = sourceOf({ spec });
  if (!source) return;
  try {
    await engine.load(source);
  } catch (error) {
    if (!isFaultOfPolicy(error)) throw error;
    throw invalid(
      metadata.name,
      error.causes.length > 0 ? error.causes : [{ field: 'spec.source', message: error.message }],
    );
  }
};

/** What denies is not deleted at once: somebody may have relied on it. */
export const checkDeletionOfPolicy = ({ metadata: { name }, spec }: Policy): void => {
  if (spec.action !== 'deny') return;
  throw new PlatformError('Forbidden', `policy "${name}" denies, so it is not deleted`, {
    kind: 'policies',
    name,
    next: `Set its action to audit first and see what comes through then: kubectl patch policy ${name} --type merge -p '{"spec":{"action":"audit"}}'`,
  });
};
