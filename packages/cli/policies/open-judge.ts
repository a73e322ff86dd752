import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers/policies';
import type { Exception } from '@causeway/model';
import { type FilePolicy, type JudgeParts, loadPolicies } from '@causeway/policy';

export interface OpenJudge extends JudgeParts {
  readonly engine: PolicyEngine;
}

export interface JudgeOptions {
  readonly policies: readonly FilePolicy[];
  readonly exceptions?: readonly Exception[];
  /** What will be judged: policies that look at none of it are not compiled. Absent: all are. */
  readonly subjects?: readonly PolicySubject[];
}

/**
 * Works with policies, compiled, in a thread that ends with the work. The thread starts while `prepare` reads what is to be judged.
 * Throws `Invalid` for what does not compile.
 */
export const withJudge = async <Prepared extends JudgeOptions, T>(
  prepare: () => Promise<Prepared>,
  work: (judge: OpenJudge, prepared: Prepared) => Promise<T>,
): Promise<T> => {
  const engine = createPolicyEngine({ threads: 1, eager: true });
  try {
    const prepared = await prepare();
    const { exceptions = [], subjects } = prepared;
    const policies = await loadPolicies(engine, prepared.policies, subjects);
    return await work({ engine, policies, exceptions }, prepared);
  } finally {
    await engine.close();
  }
};
