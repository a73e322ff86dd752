import type { PolicyEngine, PolicyTestReport } from '@causeway/contracts';
import {
  type CaseResult,
  type FilePolicy,
  type JudgingPolicy,
  runCases,
  testSourceOf,
} from '@causeway/policy';

export interface ModuleCoverage {
  readonly module: string;
  /** Lines that ran, of those that can. */
  readonly covered: number;
  readonly lines: number;
  readonly percent: number;
  readonly notCovered: readonly number[];
}

/** What the tests of one policy came to. */
export interface PolicyTested {
  readonly policy: string;
  readonly file: string;
  readonly passed: boolean;
  readonly cases: readonly CaseResult[];
  /** OPA’s `test_` rules. */
  readonly tests: PolicyTestReport['tests'];
  /** Of the `test_` rules; of the modules that judge. */
  readonly coverage: readonly ModuleCoverage[];
}

const coverageOf = ({ coverage }: PolicyTestReport, { source, moduleFiles }: FilePolicy): ModuleCoverage[] =>
  coverage
    .filter(({ module }) => source.modules.some(({ name }) => name === module))
    .map(({ module, covered, notCovered }) => {
      const lines = covered.length + notCovered.length;
      return {
        module: moduleFiles[module] ?? module,
        covered: covered.length,
        lines,
        percent: lines === 0 ? 100 : Math.floor((covered.length / lines) * 1000) / 10,
        notCovered,
      };
    });

/** Runs golden cases and `test_` rules of a policy. */
export const testPolicy = async (
  engine: PolicyEngine,
  file: FilePolicy,
  policy: JudgingPolicy,
): Promise<PolicyTested> => {
  const cases = await runCases(engine, policy);
  const source = testSourceOf(file);
  const { tests: found } = await engine.load(source);
  const report = found.length > 0 ? await engine.test(source) : { tests: [], coverage: [] };
  return {
    policy: policy.name,
    file: file.file,
    passed: [...cases, ...report.tests].every(({ passed }) => passed),
    cases,
    tests: report.tests,
    coverage: coverageOf(report, file),
  };
};
