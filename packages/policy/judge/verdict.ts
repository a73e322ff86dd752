import type { PolicyFinding } from '@causeway/contracts';
import type { PolicyAction, Severity } from '@causeway/model';

/** How one policy judged one subject. */
export interface PolicyDecision {
  readonly policy: string;
  /** The digest of the policy’s text and parameters. */
  readonly version: string;
  readonly action: PolicyAction;
  readonly severity: Severity;
  /** `skip`: exceptions cover all that it would refuse. `warn`: it only advises. */
  readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  readonly findings: readonly (PolicyFinding & {
    /** `TEAM/NAME` of the exception that covers it. */
    readonly exception?: string;
  })[];
  /** Why it could not be evaluated. */
  readonly error?: string;
  readonly microseconds: number;
  readonly trace?: readonly string[];
}

export interface Verdict {
  readonly allowed: boolean;
  /** One of each policy that applies, in the order of their names. */
  readonly decisions: readonly PolicyDecision[];
}
