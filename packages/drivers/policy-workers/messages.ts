import type {
  PolicyEvaluation,
  PolicyLimits,
  PolicyOutline,
  PolicySource,
  PolicySubject,
  PolicyTestReport,
} from '@causeway/contracts';
import type { ErrorCause, ErrorCode } from '@causeway/model/errors';

/** What a thread is asked to do. It gets one at a time. */
export type Job =
  | { readonly do: 'load'; readonly digest: string; readonly source: PolicySource }
  | { readonly do: 'test'; readonly source: PolicySource }
  | {
      readonly do: 'evaluate';
      readonly asked: readonly Asked[];
      /** Of those asked, the sources that this thread was not told before. */
      readonly sources: readonly (readonly [digest: string, source: PolicySource])[];
      readonly subject: PolicySubject;
      readonly trace: boolean;
      readonly limits: PolicyLimits;
    };

export interface Asked {
  readonly digest: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

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
  | { readonly evaluations: readonly PolicyEvaluation[] }
  | { readonly error: ErrorMessage }
  | { readonly lost: Loss; readonly evaluations: readonly PolicyEvaluation[] };

/** Why a thread has ended at what it was doing. */
export type Loss = NonNullable<PolicyEvaluation['error']>;
