import type {
  PolicyEvaluation,
  PolicyLimits,
  PolicyOutline,
  PolicySource,
  PolicySubject,
  PolicyTestReport,
} from '@causeway/contracts';

/** How an engine judges, once. It works in the thread that asks; what does not end is ended from outside with its thread. */
export interface EvaluateOptions {
  readonly trace: boolean;
  readonly limits: PolicyLimits;
}

/** A compiled policy within one worker. */
export interface LoadedPolicy {
  readonly outline: Omit<PolicyOutline, 'digest'>;
  /** Never throws for what the policy or the subject is: that is the error of the evaluation. */
  evaluate(
    subject: PolicySubject,
    parameters: Readonly<Record<string, unknown>>,
    options: EvaluateOptions,
  ): PolicyEvaluation;
  /** Runs its own tests, where its language has any. */
  test?(): PolicyTestReport;
}

/** Throws `Invalid`; `causes` name each fault. */
export type LoadPolicy = (source: PolicySource) => LoadedPolicy;
