import type { Severity } from '@causeway/model';

const words: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['error', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['warning', 'medium'],
  ['low', 'low'],
  ['note', 'low'],
  ['negligible', 'info'],
  ['informational', 'info'],
  ['info', 'info'],
  ['none', 'info'],
]);

/** A severity in a tool’s word. What a tool does not know, or has not rated yet, may well be bad: it is medium. */
export const severityOfWord = (word: string | undefined): Severity =>
  words.get(word?.toLowerCase() ?? '') ?? 'medium';

/** A CVSS score as a severity: https://nvd.nist.gov/vuln-metrics/cvss. */
export const severityOfScore = (score: number): Severity =>
  score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : score > 0 ? 'low' : 'info';
