import { isRecord } from '../policy-documents/read-documents.ts';
import { jsonText } from './metered.ts';

/** A text that equal JSON values have in common, whatever the order of their keys. */
export const canonical = (value: unknown): string =>
  jsonText(value, (_key, one) =>
    isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  ) ?? '';
