import type {
  PolicyEvaluation,
  PolicyLimits,
  PolicyOutline,
  PolicySource,
  PolicyTestReport,
} from '@causeway/contracts';
import { type ErrorCause, type ErrorCode, PlatformError } from '@causeway/model/errors';
import type { SubjectTexts } from '../policy-documents/subject-texts.ts';

/** What a thread calls a policy that it was told: short, as each decision sends it for each policy. */
export type PolicyNumber = number;

/** What a thread is asked to do. It gets one at a time. */
export type Job =
  | { readonly do: 'load'; readonly number: PolicyNumber; readonly source: PolicySource }
  | { readonly do: 'test'; readonly source: PolicySource }
  | {
      readonly do: 'evaluate';
      readonly questions: readonly Question[];
      /** Of the policies asked, the sources that this thread was not told before. */
      readonly sources: readonly (readonly [number: PolicyNumber, source: PolicySource])[];
      readonly limits: PolicyLimits;
    };

/** Several are asked in one message where several wait: a message costs as much as a small decision. */
export interface Question extends SubjectTexts {
  readonly asked: readonly NumberedPolicy[];
  readonly trace?: boolean;
}

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

/** What a thread answers: to questions, what each policy of each said, one after the other. After `lost` it ends. */
export type Answer =
  | { readonly outline: Omit<PolicyOutline, 'digest'> }
  | { readonly report: PolicyTestReport }
  | { readonly said: readonly Said[] }
  | { readonly error: ErrorMessage }
  | { readonly lost: Loss; readonly said: readonly Said[] };

/** Why a thread has ended at what it was doing. */
export type Loss = NonNullable<PolicyEvaluation['error']>;

/** What a policy says that could not be asked. */
export const failed = (error: Loss): PolicyEvaluation => ({ findings: [], error, microseconds: 0 });

export const thrown = ({ code, message, ...details }: ErrorMessage): PlatformError =>
  new PlatformError(code, message, details);
