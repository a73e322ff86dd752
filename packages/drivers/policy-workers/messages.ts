import type {
  PolicyEvaluation,
  PolicyLimits,
  PolicyOutline,
  PolicySource,
  PolicySubject,
  PolicyTestReport,
} from '@causeway/contracts';
import type { ErrorCause, ErrorCode } from '@causeway/model/errors';

/** What a thread calls a policy that it was told: short, as each decision sends it for each policy. */
export type PolicyNumber = number;

/** What a thread is asked to do. It gets one at a time. */
export type Job =
  | { readonly do: 'load'; readonly number: PolicyNumber; readonly source: PolicySource }
  | { readonly do: 'test'; readonly source: PolicySource }
  | {
      readonly do: 'evaluate';
      readonly asked: readonly NumberedPolicy[];
      /** Of those asked, the sources that this thread was not told before. */
      readonly sources: readonly (readonly [number: PolicyNumber, source: PolicySource])[];
      readonly subject: PolicySubject;
      readonly trace: boolean;
      readonly limits: PolicyLimits;
    };

export interface Asked {
  readonly digest: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A policy, with parameters where it is given any. */
export type NumberedPolicy = PolicyNumber | readonly [PolicyNumber, Parameters];

type Parameters = NonNullable<Asked['parameters']>;

/** What a policy said. Of most there is nothing to tell but the microseconds that it took. */
export type Said = number | PolicyEvaluation;

/** An error on its way between threads. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
  readonly evidence: readonly string[];
  readonly causes: readonly ErrorCause[];
}

/** What a thread answers. After `lost` it ends. */
export type Answer =
  | { readonly outline: Omit<PolicyOutline, 'digest'> }
  | { readonly report: PolicyTestReport }
  | { readonly said: readonly Said[] }
  | { readonly error: ErrorMessage }
  | { readonly lost: Loss; readonly said: readonly Said[] };

/** Why a thread has ended at what it was doing. */
export type Loss = NonNullable<PolicyEvaluation['error']>;
