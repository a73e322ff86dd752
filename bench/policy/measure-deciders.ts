import { percentile } from '../figures.ts';
import { deployment, subjectOf } from './corpus.ts';
import type { Decider } from './decider.ts';

/** What came of the rounds of one decider. */
export interface DeciderFigures {
  readonly decider: Decider;
  /** Milliseconds of each call, of all rounds. */
  readonly times: readonly number[];
  /** Decisions in a second of processor time, in the best round: what others take of the machine falls on some rounds only. */
  readonly perProcessorSecond: number;
  /** The same with what its client takes: what a caller pays for. */
  readonly perSecondWithClient: number;
  /** Findings of all documents. */
  readonly findings: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Of a round. */
  readonly milliseconds: number;
  /** How many calls of a decider wait for their answers at any time. */
  readonly inFlight: number;
}

const documents = 120;
const objects = Array.from({ length: documents }, (_, n) => deployment(n));

const round = async (
  decider: Decider,
  { milliseconds, inFlight }: MeasureOptions,
): Promise<{ readonly times: readonly number[]; readonly rate: number; readonly rateWithClient: number }> => {
  const times: number[] = [];
  const before = await decider.processorSeconds();
  const clientBefore = await decider.clientSeconds();
  const begun = performance.now();
  let asked = 0;
  const askOn = async (): Promise<void> => {
    let now = performance.now();
    while (now - begun < milliseconds) {
      const object = objects[asked % documents] as object as Record<string, unknown>;
      asked += 1;
      await decider.decide(subjectOf(object));
      const then = performance.now();
      times.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, askOn));
  const clientSeconds = (await decider.clientSeconds()) - clientBefore;
  const seconds = (await decider.processorSeconds()) - before;
  const decisions = times.length * decider.decisions;
  return { times, rate: decisions / seconds, rateWithClient: decisions / (seconds + clientSeconds) };
};

/** Each in turn, round by round, after all have seen every document. */
export const measureDeciders = async (
  deciders: readonly Decider[],
  options: MeasureOptions,
): Promise<readonly DeciderFigures[]> => {
  const findings = new Map<Decider, number>();
  for (const decider of deciders) {
    let found = 0;
    for (const object of objects) found += await decider.decide(subjectOf(object));
    findings.set(decider, found);
  }
  const measured = new Map(deciders.map(decider => [decider, [] as Awaited<ReturnType<typeof round>>[]]));
  for (let turn = 0; turn < options.rounds; turn += 1)
    for (const decider of deciders) measured.get(decider)?.push(await round(decider, options));
  return deciders.map(decider => {
    const all = measured.get(decider) ?? [];
    return {
      decider,
      times: all.flatMap(({ times }) => times),
      perProcessorSecond: Math.max(...all.map(({ rate }) => rate)),
      perSecondWithClient: Math.max(...all.map(({ rateWithClient }) => rateWithClient)),
      findings: findings.get(decider) ?? 0,
    };
  });
};

export const sayFigures = ({
  decider,
  times,
  perProcessorSecond,
  perSecondWithClient,
}: DeciderFigures): string => {
  const at = (share: number): string => percentile(times, share).toFixed(3);
  const [rate, paid] = [perProcessorSecond, perSecondWithClient].map(one =>
    Math.round(one).toLocaleString('en'),
  );
  const client = paid === rate ? '' : ` (${paid} with its client’s)`;
  return `${decider.name}: ${rate} decisions per second of processor time${client}; a call of ${decider.decisions}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, n ${times.length}`;
};
