import type { CaseResult } from '@causeway/policy';
import { counted } from '../output/counted.ts';
import type { Output } from '../output/output.ts';
import { printTable } from '../output/print-table.ts';
import { safeLine } from '../output/safe-line.ts';
import type { PolicyTested } from './test-policy.ts';

const caseLines = ({ name, expected, got, reason }: CaseResult): string[] => [
  `  ✘ ${name}`,
  ...(reason === undefined ? [] : [`      ${reason}`]),
  ...(expected === 'allow' ? ['allow'] : expected).map(line => `      expected: ${line}`),
  ...(got.length === 0 ? ['allow'] : got).map(line => `      got:      ${line}`),
];

const failures = ({ cases, tests }: PolicyTested): string[] => [
  ...cases.filter(({ passed }) => !passed).flatMap(caseLines),
  ...tests
    .filter(({ passed }) => !passed)
    .flatMap(({ name, message }) => [`  ✘ ${name}`, ...(message ? [`      ${message}`] : [])]),
];

/** Line numbers as ranges: `3-5, 9`. */
export const rangesOf = (lines: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const line of lines.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
};

/** A line for each policy, below it what failed; then which lines the `test_` rules ran. */
export const printTested = (output: Output, tested: readonly PolicyTested[]): void => {
  const width = Math.max(...tested.map(({ policy }) => policy.length)) + 2;
  for (const one of tested) {
    const { policy, passed, cases, tests } = one;
    const none = cases.length + tests.length === 0;
    const mark = none
      ? output.paint('yellow', '!')
      : passed
        ? output.paint('green', '✔')
        : output.paint('red', '✘');
    const what = [
      ...(cases.length > 0 ? [counted(cases.length, 'case')] : []),
      ...(tests.length > 0 ? [counted(tests.length, 'test')] : []),
    ].join(', ');
    output.line(`${mark} ${policy.padEnd(width)}${what || 'has no tests'}`);
    for (const line of failures(one)) output.line(safeLine(line));
  }
  const covered = tested.flatMap(({ policy, coverage }) =>
    coverage.map(({ module, percent, notCovered }) => [policy, module, `${percent} %`, rangesOf(notCovered)]),
  );
  if (covered.length > 0) {
    output.line();
    printTable(output, ['Policy', 'Module', 'Covered', 'Not covered'], covered);
  }
  const results = tested.flatMap(({ cases, tests }) => [...cases, ...tests]);
  const failed = results.filter(({ passed }) => !passed).length;
  output.line();
  output.line(
    `${counted(results.length, 'test')} of ${counted(tested.length, 'policy', 'policies')}, ${failed} failed`,
  );
};
