import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
import { type ErrorCause, isPlatformError, PlatformError } from '@causeway/model';
import { applies } from '../judge/applies.ts';
import { type JudgingPolicy, versionOf } from '../judge/judging-policy.ts';
import type { FilePolicy } from './policy-file.ts';

/** What an engine says of a module, with the file it lies in instead of the module’s name. */
const inFiles = (causes: readonly ErrorCause[], { moduleFiles, file }: FilePolicy): ErrorCause[] =>
  causes.map(({ field, message, ...rest }) => {
    const [module, path] = Object.entries(moduleFiles).find(([name]) => field?.startsWith(`${name}:`)) ?? [];
    if (module !== undefined) return { ...rest, field: `${path}${field?.slice(module.length)}`, message };
    return { ...rest, field: field === undefined ? file : `${file}, ${field}`, message };
  });

/**
 * Compiles policies of files. With subjects only those are compiled that look at one of them. Throws `Invalid` with every fault
 * of every one.
 */
export const loadPolicies = async (
  engine: Pick<PolicyEngine, 'load'>,
  policies: readonly FilePolicy[],
  subjects?: readonly PolicySubject[],
): Promise<JudgingPolicy[]> => {
  const causes: ErrorCause[] = [];
  const loaded = await Promise.all(
    policies.map(async policy => {
      const { name, spec, source } = policy;
      const judging = { name, spec, source, version: versionOf(spec, source) };
      if (subjects && !subjects.some(subject => applies(spec.match, subject))) return [judging];
      try {
        const { digest } = await engine.load(source);
        return [{ ...judging, loaded: digest }];
      } catch (error) {
        if (!isPlatformError(error, 'Invalid')) throw error;
        const said = error.causes.length > 0 ? error.causes : [{ message: error.message }];
        causes.push(...inFiles(said, policy));
        return [];
      }
    }),
  );
  if (causes.length === 0) return loaded.flat();
  throw new PlatformError('Invalid', 'Not all policies can be compiled.', {
    causes,
    next: 'Correct what is named; `platform policy test` tries them.',
  });
};
