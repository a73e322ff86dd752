import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
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

/** Compiles what was prepared. Throws `Invalid` for what does not compile. */
export const openJudge = async (
  engine: PolicyEngine,
  { policies, exceptions = [], subjects }: JudgeOptions,
): Promise<OpenJudge> => ({
  engine,
  policies: await loadPolicies(engine, policies, subjects),
  exceptions,
});
