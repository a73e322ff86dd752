import type { PolicyModule, PolicySource } from '@causeway/contracts';
import { policyFaults } from '../policy-documents/fault.ts';
import { Document, Limits, Policies } from './artefact/rego.js';
import { faultOf, loadFailure, lossOf, next, textOf } from './failure.ts';
import { requestFields } from './request-fields.ts';

export type RegoVersion = 'v0' | 'v1';

/** Rego’s modules, read: with some parameters, ready to be asked. */
export interface LoadedModules {
  readonly policies: Policies;
  /** As chosen or detected, one for each module. */
  readonly versions: readonly RegoVersion[];
}

const refusalOf = (policies: Policies, { name, source }: PolicyModule, version: RegoVersion): unknown => {
  try {
    policies.addModule(name, source, version === 'v0');
    return undefined;
  } catch (error) {
    const loss = lossOf(error);
    if (loss) throw loss;
    return error;
  }
};

/**
 * Adds a module and tells its version. Where none is chosen it is v1, or v0 if it cannot be read as v1: what v1 still reads
 * means the same in both. What can be read as neither is refused with what stopped the reader that came further.
 */
const addModule = (
  policies: Policies,
  module: PolicyModule,
  chosen: RegoVersion | undefined,
): RegoVersion => {
  const refusals = [];
  for (const version of chosen ? [chosen] : (['v1', 'v0'] as const)) {
    const refusal = refusalOf(policies, module, version);
    if (refusal === undefined) return version;
    refusals.push(faultOf(textOf(refusal), module.name));
  }
  const furthest = refusals.toSorted((a, b) => b.line - a.line || b.column - a.column)[0]!;
  throw policyFaults([furthest], next);
};

/** For questions without loops of their own. */
const checkLimits = { steps: 1_000_000, milliseconds: 10_000, bytes: 64 * 1024 * 1024 };

/** Reads and checks modules. Throws `Invalid` with the place of the fault, or `ThreadLost`. */
export const loadModules = (
  { modules, version }: Pick<PolicySource, 'modules' | 'version'>,
  parameters: Readonly<Record<string, unknown>>,
): LoadedModules => {
  if (modules.length === 0) throw policyFaults([], 'Give the policy a module of Rego.');
  const policies = new Policies([...requestFields]);
  try {
    const versions = modules.map(module => addModule(policies, module, version));
    try {
      policies.addData(JSON.stringify({ parameters }));
      // What holds between rules, such as that each variable has a value, is seen only at the first question.
      const { steps, milliseconds, bytes } = checkLimits;
      policies.query(new Document(), 'true', new Limits(steps, milliseconds, bytes));
    } catch (error) {
      throw loadFailure(error, modules[0]!.name);
    }
    return { policies, versions };
  } catch (error) {
    if (!lossOf(error)) policies.free();
    throw error;
  }
};
