import { parseArgs } from 'node:util';
import { type Difference, differencesOf } from './compare.ts';
import { readGolden, writeGolden } from './golden.ts';
import { conformanceKinds } from './kinds.ts';
import { judge, readKnownDifferences, withoutStale, writeKnownDifferences } from './known-differences.ts';
import { startOwnTarget } from './own-target.ts';
import { startRealTarget } from './real-target.ts';
import { readScript } from './script.ts';
import { writeSpec } from './spec-section.ts';
import { transcribe } from './transcribe.ts';

const usage = `npm run conformance -- OPTION
  --update   write the golden files anew from a real kube-apiserver
  --prune    drop known differences that no longer occur
  --spec     write their section of SPEC.md anew`;

const { values } = parseArgs({
  options: { update: { type: 'boolean' }, prune: { type: 'boolean' }, spec: { type: 'boolean' } },
});
if (!values.update && !values.prune && !values.spec) {
  console.error(usage);
  process.exit(2);
}
const chapters = await readScript();
if (values.update) {
  await writeGolden(await transcribe(() => startRealTarget(conformanceKinds), chapters));
  console.log(`${chapters.flatMap(chapter => chapter.steps).length} steps in ${chapters.length} chapters`);
}
if (values.prune) {
  const found: Difference[] = [];
  for (const [chapter, ours] of await transcribe(() => startOwnTarget(conformanceKinds), chapters))
    found.push(...differencesOf(chapter, await readGolden(chapter), ours));
  const known = await readKnownDifferences();
  for (const stale of judge(found, known).stale) console.log(`no longer: ${stale}`);
  await writeKnownDifferences(withoutStale(found, known));
}
await writeSpec(await readKnownDifferences());
process.exit(0);
