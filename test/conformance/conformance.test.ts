import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { realKubectl, realKubernetes } from '@causeway/testkit';
import { type Difference, differencesOf } from './compare.ts';
import { readGolden } from './golden.ts';
import { conformanceKinds } from './kinds.ts';
import { judge, type KnownDifference, readKnownDifferences } from './known-differences.ts';
import { startOwnTarget } from './own-target.ts';
import { startRealTarget } from './real-target.ts';
import type { Observation } from './run-script.ts';
import { type Chapter, readScript } from './script.ts';
import { specWith } from './spec-section.ts';
import { transcribe } from './transcribe.ts';

const shown = ({ step, path, real, ours }: Difference): string =>
  [step, `  ${path}`, `    real: ${JSON.stringify(real)}`, `    ours: ${JSON.stringify(ours)}`].join('\n');

describe('[API1] the resource API answers as a kube-apiserver does', { skip: realKubectl().skip }, () => {
  const ours: Difference[] = [];
  const observed: Observation[] = [];
  const golden = new Map<string, readonly Observation[]>();
  let real: Promise<ReadonlyMap<string, readonly Observation[]>>;
  let chapters: readonly Chapter[];
  let known: readonly KnownDifference[];
  before(async () => {
    [chapters, known] = await Promise.all([readScript(), readKnownDifferences()]);
    for (const { name } of chapters) golden.set(name, await readGolden(name));
    // Both mostly wait for watches to end: at once they take half the time.
    if (!realKubernetes().skip) {
      real = transcribe(() => startRealTarget(conformanceKinds), chapters);
      real.catch(() => {});
    }
    const transcripts = await transcribe(() => startOwnTarget(conformanceKinds), chapters);
    for (const [chapter, found] of transcripts) {
      observed.push(...found);
      ours.push(...differencesOf(chapter, golden.get(chapter) ?? [], found));
    }
  });

  test('there are a hundred steps and more, and each has its golden answer', () => {
    const steps = chapters.flatMap(chapter => chapter.steps);
    assert.ok(steps.length >= 100, `${steps.length}`);
    for (const { name, steps: own } of chapters)
      assert.deepEqual(
        golden.get(name)?.map(observation => observation.step),
        own.map(step => step.name),
        `${name}: npm run conformance -- --update writes the golden files anew`,
      );
  });

  test('ours does each step, and none of them is an internal error [INP1]', () => {
    assert.deepEqual(
      observed.filter(({ failed, status }) => failed !== undefined || status === 500),
      [],
    );
  });

  test('ours differs from the golden answers only where it is known to', () => {
    const { unlisted } = judge(ours, known);
    assert.equal(unlisted.length, 0, `${unlisted.length} differences\n${unlisted.map(shown).join('\n')}`);
  });

  test('what is listed as different still is', () => {
    assert.deepEqual(judge(ours, known).stale, []);
  });

  test('SPEC.md lists it: npm run conformance -- --spec', async () => {
    const { is, should } = await specWith(known);
    assert.equal(is, should);
  });

  test('the real server still gives the golden answers', { skip: realKubernetes().skip }, async () => {
    const differences = async (transcript: typeof real): Promise<readonly string[]> =>
      [...(await transcript)]
        .flatMap(([chapter, now]) => differencesOf(chapter, golden.get(chapter) ?? [], now))
        .map(shown);
    const found = await differences(real);
    // Two updates are one manager within a second of the clock, and two beyond: what is different must be so each time.
    const again =
      found.length > 0
        ? await differences(transcribe(() => startRealTarget(conformanceKinds), chapters))
        : [];
    assert.deepEqual(
      found.filter(one => again.includes(one)),
      [],
    );
  });
});
