import path from 'node:path';
import type { run } from 'node:test';
import { inspect } from 'node:util';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

interface Options {
  readonly root: string;
  /** A test that does not run fails. */
  readonly requireAll: boolean;
  readonly print: (text: string) => void;
}

/** Lines of output kept of each test file, to be shown when something in it fails. */
const OUTPUT_LINES = 100;

/** Says what failed, with everything known about it, and why something was skipped. Nothing of what passed. */
export const reportTests = async (
  tests: ReturnType<typeof run>,
  { root, requireAll, print }: Options,
): Promise<Totals> => {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const output = new Map<string, string[]>();
  const place = (file?: string, line?: number) =>
    file === undefined ? '' : ` (${path.relative(root, file)}${line === undefined ? '' : `:${line}`})`;

  for await (const event of tests) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      const lines = [...(output.get(event.data.file) ?? []), ...event.data.message.trimEnd().split('\n')];
      output.set(event.data.file, lines.slice(-OUTPUT_LINES));
    }
    if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      const { name, skip, file, line } = event.data;
      if (skip === undefined) {
        totals.passed += 1;
        continue;
      }
      totals[requireAll ? 'failed' : 'skipped'] += 1;
      print(`${requireAll ? '✘ required, but skipped' : '- skipped'}: ${name}${place(file, line)}: ${skip}`);
    }
    if (event.type === 'test:fail') {
      const { name, file, line, details } = event.data;
      const { error } = details as { error: Error & { failureType?: string; cause?: unknown } };
      // What failed inside was reported.
      if (error.failureType === 'subtestsFailed') continue;
      totals.failed += 1;
      print(`✘ ${name}${place(file, line)}\n${indented(inspect(error.cause ?? error, { depth: 6 }))}`);
      const lines = output.get(file ?? name) ?? [];
      if (lines.length > 0) print(indented(['Its file wrote:', ...lines].join('\n')));
      output.delete(file ?? name);
    }
  }
  return totals;
};

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
