import { readFileSync, writeFileSync } from 'node:fs';
import type { Suite } from './opa-cases.ts';
import type { SuiteResult } from './run-suite.ts';

const fileOf = (suite: Suite): URL => new URL(`./disagreements/${suite}.txt`, import.meta.url);

/** The notes of the cases about which the engine is known to disagree with OPA. */
export const knownDisagreements = (suite: Suite): readonly string[] =>
  readFileSync(fileOf(suite), 'utf8').split('\n').filter(Boolean);

export const writeDisagreements = (suite: Suite, notes: readonly string[]): void =>
  writeFileSync(fileOf(suite), notes.map(note => `${note}\n`).join(''));

const specification = new URL('../../SPEC.md', import.meta.url);
const rule = /^- \*\*\[REGO2\]\*\* .*$/m;
const grouped = (count: number): string => count.toLocaleString('en-US');

const shareOf = ({ cases, disagreements }: SuiteResult): string => {
  const agreeing = cases - disagreements.size;
  return `${grouped(agreeing)} of ${grouped(cases)} (${((100 * agreeing) / cases).toFixed(1)} %)`;
};

/** The line of SPEC.md about OPA’s cases, from the run. */
export const specLine = (v0: SuiteResult, v1: SuiteResult): string =>
  `- **[REGO2]** The engine agrees with OPA about ${shareOf(v0)} of OPA’s own conformance cases for Rego v0 and ${shareOf(v1)} for v1. Those that do not are listed in [test/rego/disagreements](test/rego/disagreements); the lists only shrink.`;

export const readSpecLine = (): string | undefined => rule.exec(readFileSync(specification, 'utf8'))?.[0];

export const writeSpecLine = (line: string): void =>
  writeFileSync(
    specification,
    readFileSync(specification, 'utf8').replace(rule, () => line),
  );
