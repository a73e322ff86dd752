import { severities } from '@causeway/model';
import type { EvidenceReport } from './evidence-report.ts';

/** As `Evidence.spec` allows. */
const maxFindings = 5000;
const maxComponents = 20_000;
/** An object holds at most 1 MiB with all that is around it. */
const maxBytes = 900_000;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value)) + 1;

/** As many of the first items as may be, and fit into so many bytes. */
const fitting = <T>(
  items: readonly T[],
  most: number,
  bytes: number,
): { readonly kept: readonly T[]; readonly used: number } => {
  let used = 0;
  let count = 0;
  for (const item of items.slice(0, most)) {
    const size = sizeOf(item);
    if (used + size > bytes) break;
    used += size;
    count += 1;
  }
  return { kept: items.slice(0, count), used };
};

const distinct = <T>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map(one => [JSON.stringify(one), one])).values(),
];

/** A report as small as an object must be: each thing once, the severest findings first; notes say what does not fit. */
export const fitEvidence = (report: EvidenceReport): EvidenceReport => {
  const all = [...distinct(report.findings)].sort(
    (one, two) =>
      severities.indexOf(two.severity) - severities.indexOf(one.severity) ||
      (one.id < two.id ? -1 : one.id > two.id ? 1 : 0),
  );
  const parts = distinct(report.components);
  const findings = fitting(all, maxFindings, maxBytes);
  const components = fitting(parts, maxComponents, maxBytes - findings.used);
  const [worst] = all.slice(findings.kept.length);
  const notes = [...report.notes];
  if (worst)
    notes.push(
      `Left out, since they do not fit: ${all.length - findings.kept.length} of ${all.length} findings, of which the severest is ${worst.severity}.`,
    );
  if (components.kept.length < parts.length)
    notes.push(
      `Left out, since they do not fit: ${parts.length - components.kept.length} of ${parts.length} components.`,
    );
  return { ...report, findings: findings.kept, components: components.kept, notes };
};
