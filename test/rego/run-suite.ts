import { readFileSync } from 'node:fs';
import type * as Engine from '../../packages/drivers/policy-rego/artefact/rego.js';
import { disagreement } from './judge-case.ts';
import { readCases, type Suite } from './opa-cases.ts';

const artefact = new URL('../../packages/drivers/policy-rego/artefact/', import.meta.url);

/** The engine takes tens of seconds within one call for these, and cannot be interrupted there: the platform ends its thread instead. */
const endless: ReadonlySet<string> = new Set([
  'units_parse/exponent too large',
  'units_parse_bytes/exponent too large',
]);

export interface SuiteResult {
  readonly cases: number;
  /** Note of a case → why the engine disagrees with OPA about it. Cases of the same note are told apart by a number. */
  readonly disagreements: ReadonlyMap<string, string>;
}

let instances = 0;

/** An instance of its own: what breaks one leaves the next as it was. */
const newInstance = async (folder: URL): Promise<typeof Engine> => {
  instances += 1;
  const engine = (await import(`${new URL('rego.js', folder)}?${instances}`)) as typeof Engine;
  engine.initSync({ module: readFileSync(new URL('rego.wasm', folder)) });
  return engine;
};

/** Runs OPA’s cases against the artefact, or that of another folder. */
export const runSuite = async (suite: Suite, folder = artefact): Promise<SuiteResult> => {
  const cases = readCases(suite);
  const disagreements = new Map<string, string>();
  const seen = new Map<string, number>();
  let engine = await newInstance(folder);
  for (const one of cases) {
    const times = (seen.get(one.note) ?? 0) + 1;
    seen.set(one.note, times);
    const name = times === 1 ? one.note : `${one.note} (${times})`;
    try {
      const why = endless.has(one.note) ? 'does not end in time' : disagreement(engine, one, suite);
      if (why !== undefined) disagreements.set(name, why);
    } catch (error) {
      disagreements.set(name, `breaks the engine: ${error}`);
      engine = await newInstance(folder);
    }
  }
  return { cases: cases.length, disagreements };
};
