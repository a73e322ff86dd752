import { PlatformError } from '@causeway/model';
import { timeoutOf } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { benchPolicies } from '../policies/bench-policies.ts';
import { givenPolicies } from '../policies/given-policies.ts';
import { openJudge } from '../policies/open-judge.ts';
import { withEngine } from '../policies/with-engine.ts';

interface Options {
  readonly for: string;
}

const withCases = async (invocation: Invocation<Options>, given: string | undefined) => {
  const folder = await givenPolicies(invocation, given);
  if (folder.policies.some(({ spec }) => spec.tests.length > 0)) return folder;
  throw new PlatformError('Usage', 'There is nothing to judge: the policies have no golden cases.', {
    next: 'Write some into tests.yaml beside a policy, or into its spec.tests.',
  });
};

export const run = async (invocation: Invocation<Options>, given: string | undefined): Promise<void> => {
  const { options, output, signal } = invocation;
  const milliseconds = timeoutOf(options.for);
  const bench = await withEngine(async engine =>
    benchPolicies(await openJudge(engine, await withCases(invocation, given)), milliseconds, signal),
  );
  if (output.machine) return output.document(bench);
  printTable(
    output,
    ['What', 'Value'],
    [
      [
        'Judged',
        `${bench.judgements} judgements of ${bench.inputs} inputs by ${bench.policies} policies, one after the other`,
      ],
      ['Decisions', `${bench.decisionsPerSecond}/s, ${bench.decisions} altogether`],
      ['A judgement', `p50 ${bench.judgementP50} µs, p99 ${bench.judgementP99} µs`],
    ],
  );
  output.line();
  printTable(
    output,
    ['Policy', 'Decisions', 'p50 µs', 'p99 µs'],
    bench.byPolicy.map(({ policy, decisions, p50, p99 }) => [policy, decisions, p50, p99]),
  );
};
