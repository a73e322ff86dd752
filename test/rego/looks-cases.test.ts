import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type * as Engine from '../../packages/drivers/policy-rego/artefact/rego.js';
import { exactText } from './exact-json.ts';
import { missingCases, type OpaCase, readCases, type Suite, suites } from './opa-cases.ts';

const artefact = new URL('../../packages/drivers/policy-rego/artefact/', import.meta.url);
let instances = 0;

/** An instance of its own: what breaks one leaves the next as it was. */
const newInstance = async (): Promise<typeof Engine> => {
  instances += 1;
  const engine = (await import(`${new URL('rego.js', artefact)}?looks${instances}`)) as typeof Engine;
  engine.initSync({ module: readFileSync(new URL('rego.wasm', artefact)) });
  return engine;
};

const everything = 'package causeway_test\n\neverything := input\n';

interface Outline {
  readonly package: readonly string[];
  readonly rules: readonly { readonly name: string; readonly kind: string }[];
}

/** What each rule of a case says, or its error; and whether it looks at all of its input. */
const said = (
  engine: typeof Engine,
  one: OpaCase,
  suite: Suite,
  more: readonly string[],
): { readonly said: readonly string[]; readonly looksAtAll: boolean } => {
  const limits = new engine.Limits(1_000_000, 20_000, 512 * 1024 * 1024);
  engine.setRequest(Buffer.from('{}'), Date.parse('2026-03-01T12:00:00Z'));
  const policies = new engine.Policies([]);
  for (const [i, source] of [...(one.modules ?? []), ...more].entries())
    policies.addModule(`module${i}.rego`, source, suite === 'v0');
  policies.addData(exactText(one.data ?? {}));
  const paths = (JSON.parse(policies.outline()) as Outline[])
    .slice(0, one.modules?.length)
    .flatMap(({ package: parts, rules }) =>
      rules.filter(({ kind }) => kind !== 'function').map(({ name }) => ['data', ...parts, name].join('.')),
    );
  const document = new engine.Document();
  document.read(Buffer.from(exactText(one.input)), policies);
  const answers = paths.map(path => {
    try {
      return `${path}: ${policies.evaluate(document, new engine.Rules([path]), limits)}`;
    } catch (error) {
      if (
        !(error instanceof Error) ||
        error.name !== 'Error' ||
        /^(panic: |limit: memory)/.test(error.message)
      )
        throw error;
      return `${path}: ${error.message}`;
    }
  });
  return { said: answers, looksAtAll: policies.looks().includes('') };
};

describe('[REGO4] in OPA’s conformance cases rules say the same of what they look at as of all', {
  skip: missingCases(),
}, () => {
  for (const suite of suites)
    test(suite, async t => {
      let engine = await newInstance();
      let [rules, partly] = [0, 0];
      for (const one of readCases(suite)) {
        if (!('input' in one) || !one.modules?.length) continue;
        let whole: readonly string[];
        try {
          whole = said(engine, one, suite, [everything]).said;
        } catch {
          // What is refused or breaks the engine is the concern of other tests.
          engine = await newInstance();
          continue;
        }
        const looked = said(engine, one, suite, []);
        assert.deepEqual(looked.said, whole, one.note);
        rules += whole.length;
        if (!looked.looksAtAll) partly += whole.length;
      }
      t.diagnostic(`${rules} rules, ${partly} of modules that look at a part`);
      assert.ok(partly > 100, `${partly} of modules that look at a part`);
    });
});
