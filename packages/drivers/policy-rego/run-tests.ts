import type { PolicySource, PolicyTestReport } from '@causeway/contracts';
import { Rules } from './artefact/rego.js';
import { ask } from './ask.ts';
import { faultOf, lossOf, textOf } from './failure.ts';
import { loadModules } from './load-modules.ts';
import { type RegoRule, rulesOf } from './outline.ts';

type Test = PolicyTestReport['tests'][number];

/** Of one test. Tests may take longer than evaluations do: nobody waits for them. */
const limits = { milliseconds: 10_000, megabytes: 128 };

const milli = 1000;

interface FileCoverage {
  readonly file: string;
  readonly covered: readonly number[];
  readonly notCovered: readonly number[];
}

/** Runs the `test_` rules of modules, as `opa test` does: what is not true has failed. `todo_test_` rules are left out. */
export const runTests = (source: PolicySource): PolicyTestReport => {
  const { policies } = loadModules(source, {});
  policies.setCoverage(true);
  const run = ({ path }: RegoRule): Test => {
    const begun = performance.now();
    const done = (passed: boolean, message?: string): Test => ({
      name: path,
      passed,
      ...(message ? { message } : {}),
      microseconds: Math.round((performance.now() - begun) * milli),
    });
    try {
      const { results, prints, notes } = ask(policies, new Rules([path]), limits, undefined);
      const value = results[0]?.value;
      if (value === true) return done(true);
      const said = [...prints, ...notes].map(line => `\n  ${line}`).join('');
      return done(false, `is ${value === undefined ? 'undefined' : JSON.stringify(value)}${said}`);
    } catch (error) {
      const loss = lossOf(error);
      if (loss) throw loss;
      return done(false, faultOf(textOf(error), path).message);
    }
  };
  const tests = rulesOf(policies)
    .filter(({ role, name }) => role === 'test' && !name.startsWith('todo_'))
    .map(run);
  const coverage = (JSON.parse(policies.coverage()) as FileCoverage[]).map(
    ({ file, covered, notCovered }) => ({ module: file, covered, notCovered }),
  );
  policies.free();
  return { tests, coverage };
};
