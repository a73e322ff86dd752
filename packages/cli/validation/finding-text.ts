import type { Finding, FindingLevel, Validation } from '@causeway/policy';
import { counted } from '../output/counted.ts';
import type { Output, Paint } from '../output/output.ts';
import { safeLine } from '../output/safe-line.ts';

const marks: Record<FindingLevel, readonly [Paint, string]> = {
  error: ['red', '✘'],
  warning: ['yellow', '!'],
  note: ['dim', '·'],
};

/** The line with a caret under the column; tabs stay, so that the caret stands where they lead. */
const snippetLines = ({ line, column, snippet }: Finding): string[] => {
  if (snippet.trim() === '') return [];
  const number = String(line);
  const before = snippet.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return [`  ${number} | ${snippet}`, `  ${' '.repeat(number.length)} | ${before}^`];
};

const reasons = ({ why, instead, documentation, exception }: Finding): string[] =>
  exception === undefined
    ? [
        ...(why === undefined ? [] : [`  Why: ${why}`]),
        why === undefined ? `  ${instead}` : `  Instead: ${instead}`,
        ...(documentation === undefined ? [] : [`  More: ${documentation}`]),
      ]
    : [`  Excepted by ${exception}.`];

const findingLines = (finding: Finding): string[] => {
  const { file, line, column, rule, message, object } = finding;
  const [first = '', ...rest] = message.split('\n');
  return [
    `${file}:${line}:${column} ${object}: ${first} [${rule}]`,
    ...rest.map(text => `  ${text}`),
    ...snippetLines(finding),
    ...reasons(finding).flatMap(text => text.split('\n')),
  ].map(safeLine);
};

/** Each finding with its place, its line, why and what to do; then what it comes to. */
export const printFindings = (output: Output, { findings, verdict }: Validation, documents: number): void => {
  for (const finding of findings) {
    const [paint, mark] = marks[finding.level];
    const [first = '', ...rest] = findingLines(finding);
    output.line(`${output.paint(paint, mark)} ${first}`);
    for (const line of rest) output.line(line);
  }
  const count = (level: FindingLevel): number => findings.filter(one => one.level === level).length;
  const [paint, mark] = marks[verdict === 'allowed' ? 'note' : 'error'];
  const summary = `${counted(documents, 'object')}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('note'), 'note')}`;
  const word = { allowed: 'allowed', denied: 'refused by policy', invalid: 'invalid' }[verdict];
  output.line(
    `${verdict === 'allowed' ? output.paint('green', '✔') : output.paint(paint, mark)} ${summary}; ${word}`,
  );
};
