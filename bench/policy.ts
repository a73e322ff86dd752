import { loadavg } from 'node:os';
import type { BenchOptions } from './bench.ts';
import { measureAdmission, sayAdmission } from './policy/admission.ts';
import { deployment, subjectOf } from './policy/corpus.ts';
import type { Decider } from './policy/decider.ts';
import { startJudgedServer } from './policy/judged-server.ts';
import {
  type DeciderFigures,
  type MeasureOptions,
  measureDeciders,
  sayFigures,
} from './policy/measure-deciders.ts';
import { memoryOfPolicies } from './policy/memory.ts';
import { opaServer, opaVersion, opaWasm } from './policy/opa.ts';
import { inThread, throughPool } from './policy/own-deciders.ts';
import { measureReplay } from './policy/replay.ts';

const aim = 10;
/** Of decisions that are asked for while others wait. */
const many = 32;

const say = (line: string): void => console.log(`  ${line}`);
const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;

const figuresOf = (figures: readonly DeciderFigures[], decider: Decider): DeciderFigures =>
  figures.find(one => one.decider === decider) as DeciderFigures;

/** The aim is about the server; OPA’s WebAssembly is told beside it. */
const compare = (figures: readonly DeciderFigures[], ours: Decider, theirs: Decider): void => {
  const [one, other] = [figuresOf(figures, ours), figuresOf(figures, theirs)];
  const ratio = one.perProcessorSecond / other.perProcessorSecond;
  const paid = (one.perSecondWithClient / other.perSecondWithClient).toFixed(1);
  const verdict = theirs.name.startsWith('OPA server')
    ? ` (aim ≥ ${aim}×) ${ratio >= aim ? '✔' : '✘'}; with the processor time of its client, ${paid}×`
    : '';
  say(`    ${ours.name}, against ${theirs.name}: ${ratio.toFixed(1)}×${verdict}`);
};

/** All must have found the same, or they did not do the same. */
const assertSame = (figures: readonly DeciderFigures[]): void => {
  const found = new Set(figures.map(({ findings }) => findings));
  if (found.size !== 1)
    throw new Error(
      `they found different things: ${figures.map(({ decider, findings }) => `${decider.name} ${findings}`).join('; ')}`,
    );
};

const works = async (decider: Decider): Promise<boolean> => {
  try {
    await decider.decide(subjectOf(deployment(0)));
    return true;
  } catch (error) {
    say(`  ${decider.name}: it breaks off with “${error instanceof Error ? error.message : error}”`);
    return false;
  }
};

/** MiB of an OPA server with so many policies, after it has judged by them. */
const decisions = async (
  count: number,
  options: Pick<MeasureOptions, 'rounds' | 'milliseconds'>,
): Promise<number> => {
  const [thread, pool, wasm] = [await inThread(count), await throughPool(count), await opaWasm(count)];
  const server = await opaServer(count);
  try {
    const all = [thread, pool, server.all, ...((await works(wasm)) ? [wasm] : [])];
    for (const inFlight of [1, many]) {
      say(`${count} ${count === 1 ? 'policy' : 'policies'}, ${inFlight} in flight (${load()})`);
      const figures = await measureDeciders([...all, server.single], { ...options, inFlight });
      for (const one of figures) say(`  ${sayFigures(one)}`);
      assertSame(figures.filter(({ decider }) => all.includes(decider)));
      for (const ours of [thread, pool])
        for (const theirs of [server.single, ...(count > 1 ? [server.all] : []), ...all.slice(3)])
          compare(figures, ours, theirs);
    }
    return await server.memory();
  } finally {
    await pool.close();
    await server.close();
  }
};

/** What judging costs: by itself, against OPA on the same policies and documents, for a write, and over what was recorded. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const options = quick ? { rounds: 2, milliseconds: 400 } : { rounds: 4, milliseconds: 1500 };
  say(
    `OPA ${await opaVersion()} of one processor, on the same machine; documents of about 1,900 bytes. Ours and OPA’s WebAssembly are charged with all they use, the server without its client; the best of ${options.rounds} rounds, in turn`,
  );
  const [one, , thousand] = [
    await decisions(1, options),
    await decisions(100, options),
    await decisions(1000, options),
  ];
  const { before, after, milliseconds: loading } = await memoryOfPolicies(1000);
  say(
    `memory of a loaded policy, of 1,000: ${(((after - before) / 1000) * 1024).toFixed(0)} KiB (${before.toFixed(0)} MiB before, ${after.toFixed(0)} MiB after), loaded in ${(loading / 1000).toFixed(2)} ms each; an OPA server ${(((thousand - one) / 999) * 1024).toFixed(0)} KiB after it was asked`,
  );
  const judged = await startJudgedServer();
  try {
    say(`creating a Service, one after the other over TLS (${load()}; ${await judged.server.describe()})`);
    const admission = await measureAdmission(judged, quick ? 1 : 3, quick ? 30 : 100);
    for (const one of admission) say(`  ${sayAdmission(one, admission[0]?.times ?? [])}`);
    const replayed = await measureReplay(judged, quick ? 20_000 : 1_000_000);
    const rate = Math.round(replayed.decisions / replayed.seconds).toLocaleString('en');
    say(
      `replay of ${replayed.decisions.toLocaleString('en')} recorded decisions: ${replayed.seconds.toFixed(0)} s, ${rate}/s; the server held ${replayed.before.toFixed(0)} MiB before and ${replayed.most.toFixed(0)} MiB at most (${load()})`,
    );
  } finally {
    await judged.stop();
  }
};
