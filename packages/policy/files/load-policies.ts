import type { PolicyEngine } from '@causeway/contracts';
import { type ErrorCause, isPlatformError, PlatformError } from '@causeway/model';
import { type JudgingPolicy, versionOf } from '../judge/judging-policy.ts';
import type { FilePolicy } from './policy-file.ts';

/** What an engine says of a module, with the file it lies in instead of the module’s name. */
const inFiles = (causes: readonly ErrorCause[], { moduleFiles, file }: FilePolicy): ErrorCause[] =>
  causes.map(({ field, message, ...rest }) => {
    const module = Object.keys(moduleFiles).find(name => field === name || field?.startsWith(`${name}:`));
    const place = module && field ? `${moduleFiles[module]}${field.slice(module.length)}` : (field ?? file);
    return { ...rest, field: place, message };
  });

/** Compiles policies of files. Throws `Invalid` with every fault of every one of them. */
export const loadPolicies = async (
  engine: Pick<PolicyEngine, 'load'>,
  policies: readonly FilePolicy[],
): Promise<JudgingPolicy[]> => {
  const causes: ErrorCause[] = [];
  const loaded = await Promise.all(
    policies.map(async policy => {
      const { name, spec, source } = policy;
      try {
        const { digest } = await engine.load(source);
        return [{ name, spec, source, loaded: digest, version: versionOf(spec, source) }];
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
