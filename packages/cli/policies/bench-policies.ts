import { judge, subjectOfCase } from '@causeway/policy';
import type { OpenJudge } from './open-judge.ts';

/** What judging costs on this machine, one after the other. Times are in microseconds. */
export interface PolicyBench {
  readonly policies: number;
  /** Different ones: the golden cases of all policies. */
  readonly inputs: number;
  /** Inputs judged, by all policies that apply to them. */
  readonly judgements: number;
  /** What single policies said. */
  readonly decisions: number;
  readonly decisionsPerSecond: number;
  readonly judgementP50: number;
  readonly judgementP99: number;
  /** In the engine alone, the slowest first. */
  readonly byPolicy: readonly {
    readonly policy: string;
    readonly decisions: number;
    readonly p50: number;
    readonly p99: number;
  }[];
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Judges the golden cases over and over, for so many milliseconds. */
export const benchPolicies = async (
  { engine, policies }: OpenJudge,
  milliseconds: number,
  signal: AbortSignal,
): Promise<PolicyBench> => {
  const subjects = policies.flatMap(({ spec }) => spec.tests.map(subjectOfCase));
  const times: number[] = [];
  const byPolicy = new Map<string, number[]>();
  const parts = { engine, policies, exceptions: [] };
  const round = async (count: boolean): Promise<void> => {
    for (const subject of subjects) {
      const begun = performance.now();
      const { decisions } = await judge(parts, subject, { drafts: true });
      if (!count) continue;
      times.push((performance.now() - begun) * 1000);
      for (const { policy, microseconds } of decisions)
        (byPolicy.get(policy) ?? byPolicy.set(policy, []).get(policy))?.push(microseconds);
    }
  };
  // What is asked for the first time is compiled and warmed up.
  await round(false);
  const begun = performance.now();
  while (performance.now() - begun < milliseconds && !signal.aborted && subjects.length > 0)
    await round(true);
  const seconds = (performance.now() - begun) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const decisions = [...byPolicy.values()].reduce((sum, one) => sum + one.length, 0);
  return {
    policies: policies.length,
    inputs: subjects.length,
    judgements: times.length,
    decisions,
    decisionsPerSecond: Math.round(decisions / seconds),
    judgementP50: Math.round(percentile(sorted, 0.5)),
    judgementP99: Math.round(percentile(sorted, 0.99)),
    byPolicy: [...byPolicy]
      .map(([policy, given]) => {
        const own = given.toSorted((a, b) => a - b);
        return { policy, decisions: own.length, p50: percentile(own, 0.5), p99: percentile(own, 0.99) };
      })
      .sort((a, b) => b.p99 - a.p99),
  };
};
