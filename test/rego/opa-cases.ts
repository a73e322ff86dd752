import { hash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

/** A case of OPA’s conformance suite, as its v1/test/cases/cases.go says. Whole numbers are `bigint`. */
export interface OpaCase {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[] | null;
  readonly data?: unknown;
  readonly input?: unknown;
  readonly input_term?: string;
  readonly want_defined?: boolean;
  readonly want_result?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly want_error_code?: string;
  readonly want_error?: string;
  readonly sort_bindings?: boolean;
  readonly strict_error?: boolean;
}

export const suites = ['v0', 'v1'] as const;
export type Suite = (typeof suites)[number];

const toolchain = path.join(import.meta.dirname, '../../toolchain/opa-cases');
const sum = hash('sha256', readFileSync(path.join(toolchain, 'go.sum'))).slice(0, 12);
const folder = path.join(os.homedir(), '.cache/causeway-tools', `opa-cases-${sum}`);

/** For a test’s `skip`. Throws when everything is required and the cases are missing. */
export const missingCases = (): string | false => {
  if (existsSync(folder)) return false;
  const reason = `needs OPA’s cases: run toolchain/opa-cases/fetch (${folder} is not there)`;
  if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
  return reason;
};

/** The cases of a suite, in the order of their files. */
export const readCases = (suite: Suite): readonly OpaCase[] =>
  globSync('**/*.yaml', { cwd: path.join(folder, suite) })
    .toSorted()
    .flatMap(file => {
      const text = readFileSync(path.join(folder, suite, file), 'utf8');
      return (parse(text, { intAsBigInt: true, merge: true })?.cases ?? []) as OpaCase[];
    });
