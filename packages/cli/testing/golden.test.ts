import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { changeLines } from '../changes/change-text.ts';
import { printExaminations } from '../doctor/report.ts';
import { environmentLines } from '../environments/environment-text.ts';
import { createOutput, type Output } from '../output/output.ts';
import { printTable } from '../output/print-table.ts';
import { printExplanation } from '../policies/explanation-text.ts';
import { printReplay } from '../policies/replay-text.ts';
import { printTested } from '../policies/test-text.ts';
import { describeLines } from '../resources/description.ts';
import { failuresText, insightsHeaders, insightsRows } from '../resources/insights-text.ts';
import { printFindings } from '../validation/finding-text.ts';
import { githubLines } from '../validation/github.ts';
import { sarifLog } from '../validation/sarif.ts';

/** Each case is a file of input and one of expected output. CAUSEWAY_UPDATE_GOLDEN=1 writes the latter anew. */
interface GoldenCase {
  readonly renders: keyof typeof renderers;
  readonly now?: string;
  readonly input: never;
}

const renderers = {
  describe: (output: Output, input: never, now: number) => {
    for (const line of describeLines(input, now)) output.line(line);
  },
  environment: (output: Output, input: never, now: number) => {
    for (const line of environmentLines(input, now)) output.line(line);
  },
  change: (output: Output, input: never, now: number) => {
    for (const line of changeLines(input, now)) output.line(line);
  },
  insights: (output: Output, input: never) => {
    printTable(output, insightsHeaders, insightsRows(input));
    output.line(failuresText(input));
  },
  doctor: (output: Output, input: never) => printExaminations(output, input),
  explanation: (output: Output, input: never) => printExplanation(output, input),
  replay: (output: Output, input: never) => printReplay(output, input),
  tested: (output: Output, input: never) => printTested(output, input),
  findings: (output: Output, input: never) =>
    printFindings(output, { findings: input, verdict: 'invalid' }, 3),
  github: (output: Output, input: never) => {
    for (const line of githubLines(input)) output.line(line);
  },
  sarif: (output: Output, input: never) => output.line(JSON.stringify(sarifLog(input, '0.1.0'), null, 2)),
};

const folder = new URL('../fixtures/', import.meta.url);

for (const name of readdirSync(folder).filter(file => file.endsWith('.json')))
  test(`golden: ${name}`, () => {
    const {
      renders,
      now = '',
      input,
    } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenCase;
    let text = '';
    const stream = {
      write(piece: string) {
        text += piece;
      },
    };
    renderers[renders](
      createOutput({ stdout: stream, stderr: stream, format: 'text', quiet: false, env: {} }),
      input,
      Date.parse(now),
    );
    const expected = new URL(name.replace(/json$/, 'txt'), folder);
    if (process.env.CAUSEWAY_UPDATE_GOLDEN === '1') writeFileSync(expected, text);
    assert.equal(text, readFileSync(expected, 'utf8'));
  });
