import { PlatformError } from '@causeway/model';
import { isAwsConfig, readAwsConfig } from './aws-config.ts';
import { isCycloneDx, readCycloneDx } from './cyclonedx.ts';
import type { EvidenceReport } from './evidence-report.ts';
import { fitEvidence } from './fit-evidence.ts';
import { malformed, type ReportValue } from './report-value.ts';
import { isSarif, readSarif } from './sarif.ts';
import { isTrivy, readTrivy } from './trivy.ts';

/** Reports of whole clusters have a few dozen megabytes. */
const maxCharacters = 64 * 1024 * 1024;

const readers = [
  { is: isCycloneDx, read: readCycloneDx },
  { is: isSarif, read: readSarif },
  { is: isAwsConfig, read: readAwsConfig },
  { is: isTrivy, read: readTrivy },
] as const;

const known = 'Trivy JSON, SARIF 2.1.0, compliance results of AWS Config, CycloneDX JSON';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    throw malformed('', `it is not JSON (${reason}); what is read is ${known}`);
  }
};

/**
 * A report of a tool, in whichever of the formats it is. Fields that are not known are passed over. Throws `Invalid`, naming
 * where, for what is no such report or is not as its format says; `TooLarge` for more than 64 Mi characters.
 */
export const readEvidence = (text: string): EvidenceReport => {
  if (text.length > maxCharacters)
    throw new PlatformError(
      'TooLarge',
      `a report has at most ${maxCharacters} characters, and this has ${text.length}`,
      {
        next: 'Have the tool report less: only what is severe, or one part at a time.',
      },
    );
  const root: ReportValue = { path: '', value: parse(text) };
  if (root.value === null || typeof root.value !== 'object' || Array.isArray(root.value))
    throw malformed('', `it must be a JSON object; what is read is ${known}`);
  const reader = readers.find(({ is }) => is(root));
  if (!reader) throw malformed('', `its format is not known; what is read is ${known}`);
  return fitEvidence(reader.read(root));
};
