import type { Output, Paint } from '../output/output.ts';
import type { FindingState } from './check.ts';
import type { Examination } from './examine.ts';

const marks: Record<FindingState, readonly [Paint, string]> = {
  ok: ['green', '✔'],
  warning: ['yellow', '!'],
  problem: ['red', '✘'],
  skipped: ['dim', '-'],
};

/** Each finding on a line, with its evidence and the fix below it. */
export const printExaminations = (output: Output, examinations: readonly Examination[]): void => {
  const width = Math.max(...examinations.map(({ check }) => check.length)) + 2;
  for (const { check, findings } of examinations)
    for (const { state, message, evidence = [], fix } of findings) {
      const [paint, mark] = marks[state];
      output.line(`${output.paint(paint, mark)} ${check.padEnd(width)}${message}`);
      const indent = ' '.repeat(width + 2);
      for (const line of evidence) output.line(`${indent}| ${line}`);
      if (fix) output.line(`${indent}fix: ${fix}`);
    }
  const count = (state: FindingState): number =>
    examinations.flatMap(({ findings }) => findings).filter(one => one.state === state).length;
  output.line();
  output.line(
    `${count('ok')} good, ${count('warning')} to consider, ${count('problem')} wrong, ${count('skipped')} not looked at`,
  );
};

export const hasProblems = (examinations: readonly Examination[]): boolean =>
  examinations.some(({ findings }) => findings.some(({ state }) => state === 'problem'));
