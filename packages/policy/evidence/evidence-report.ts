import type { Evidence, EvidenceComponent, EvidenceFinding } from '@causeway/model';

export type EvidenceFormat = Exclude<Evidence['spec']['format'], 'attributes'>;

/** What a report says, as `Evidence.spec` holds it. */
export interface EvidenceReport {
  readonly format: EvidenceFormat;
  /** What made it, with its version: `Trivy 0.58.1`. */
  readonly tool?: string;
  /** The severest first. */
  readonly findings: readonly EvidenceFinding[];
  readonly components: readonly EvidenceComponent[];
  /** In sentences, what the report says and this leaves out. */
  readonly notes: readonly string[];
}
