import type { PolicySubject } from '../../packages/contracts/index.ts';

/** Whatever judges documents by the same policies. */
export interface Decider {
  readonly name: string;
  /** What single policies say in one call. */
  readonly decisions: number;
  /** Judges a document by all policies of a call: how many findings there are. */
  decide(subject: PolicySubject): Promise<number>;
  /** Seconds of processor time that it has had. */
  processorSeconds(): Promise<number>;
  /** Those of whoever asks it beside: none where it works in the process that asks. */
  clientSeconds(): Promise<number>;
  close(): Promise<void>;
}

/** Of this process, with its threads. */
export const ownSeconds = async (): Promise<number> => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
