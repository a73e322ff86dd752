import { knownDisagreements, specLine, writeDisagreements, writeSpecLine } from './known-disagreements.ts';
import { missingCases } from './opa-cases.ts';
import { runSuite } from './run-suite.ts';

// npm run rego: runs OPA's cases, takes those that agree now off the lists, and writes the share into SPEC.md. What
// begins to disagree is printed with the reason and never listed; for a new version of OPA the lists are written anew
// with --all.

const missing = missingCases();
if (missing) throw new Error(missing);
const all = process.argv.includes('--all');

const results = [];
for (const suite of ['v0', 'v1'] as const) {
  const result = await runSuite(suite);
  const notes = [...result.disagreements.keys()];
  const known = new Set(all ? notes : knownDisagreements(suite));
  writeDisagreements(suite, notes.filter(note => known.has(note)).toSorted());
  for (const [note, why] of result.disagreements) {
    if (known.has(note)) continue;
    console.error(`✘ ${suite}: ${note}: ${why}`);
    process.exitCode = 1;
  }
  results.push(result);
}
const line = specLine(results[0]!, results[1]!);
writeSpecLine(line);
console.log(line);
