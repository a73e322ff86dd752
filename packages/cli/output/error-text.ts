import type { PlatformError } from '@causeway/model';
import type { Output } from './output.ts';
import { safeLine } from './safe-line.ts';

/** An error for people: what, the fields, the evidence, what to do next. */
export const errorLines = ({ message, causes, evidence, next }: PlatformError): string[] => [
  message,
  // What the message and the next step say already need not be said twice.
  ...causes
    .filter(cause => !`${message}. ${next}`.includes(cause.message))
    .map(cause => `  ${cause.field ? `${cause.field}: ` : ''}${cause.message}`),
  ...evidence.map(line => `  | ${line}`),
  ...(next ? [`next: ${next}`] : []),
];

export const errorDocument = ({ code, message, evidence, next, causes }: PlatformError) => ({
  error: { code, message, evidence, next, ...(causes.length > 0 ? { causes } : {}) },
});

/** Writes an error to stderr, as JSON when the result was asked for as JSON. */
export const writeError = (output: Output, error: PlatformError): void => {
  if (output.machine) {
    output.stderr.write(`${JSON.stringify(errorDocument(error))}\n`);
    return;
  }
  output.error(errorLines(error).flatMap(line => line.split('\n').map(safeLine)));
};
