import { spawnSync } from 'node:child_process';
import { glob } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { throwAwayServer } from '@causeway/testkit';
import { reportTests } from './test-report.ts';

// toolchain/test.ts [FILE…]: the checks and every test, or only the named files. With CAUSEWAY_REQUIRE_ALL=1 a test
// that is skipped for want of a tool fails.

const root = path.dirname(import.meta.dirname);
const named = process.argv.slice(2);

const testFiles = async (): Promise<string[]> => {
  const found = glob(['packages/**/*.test.ts', 'test/**/*.test.ts'], {
    cwd: root,
    exclude: name => path.basename(name) === 'node_modules',
  });
  return (await Array.fromAsync(found)).toSorted().map(file => path.join(root, file));
};

/** The checks count as one test. They print what is wrong. */
const checksPass = (): boolean => {
  const file = path.join(root, 'toolchain/check.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`);
  return status === 0;
};

const checked = named.length === 0 ? [checksPass()] : [];

// One server for all test processes instead of one each.
process.env.DATABASE_URL_TEST ||= await throwAwayServer();

const totals = await reportTests(
  run({
    files: named.length === 0 ? await testFiles() : named.map(file => path.resolve(file)),
    cwd: root,
    concurrency: os.availableParallelism(),
    // A file; the longest takes three minutes, and on a slow machine more than three times that.
    timeout: 30 * 60_000,
  }),
  { root, requireAll: process.env.CAUSEWAY_REQUIRE_ALL === '1', print: text => console.log(text) },
);
const passed = totals.passed + checked.filter(Boolean).length;
const failed = totals.failed + checked.filter(pass => !pass).length;
console.log(`${passed} passed, ${failed} failed, ${totals.skipped} skipped`);
process.exit(failed > 0 || passed + failed === 0 ? 1 : 0);
