import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { givenPolicies } from '../policies/given-policies.ts';
import { openJudge } from '../policies/open-judge.ts';
import { testPolicy } from '../policies/test-policy.ts';
import { printTested } from '../policies/test-text.ts';
import { withEngine } from '../policies/with-engine.ts';

export const run = async (invocation: Invocation, given: string | undefined): Promise<void> => {
  const { output, exitWith } = invocation;
  const tested = await withEngine(async engine => {
    const folder = await givenPolicies(invocation, given);
    const { policies } = await openJudge(engine, folder);
    return Promise.all(
      folder.policies.flatMap((file, index) => {
        const policy = policies[index];
        return policy ? [testPolicy(engine, file, policy)] : [];
      }),
    );
  });
  if (tested.length === 0) return output.note(`There are no policies in ${given}.`);
  if (tested.some(({ passed }) => !passed)) exitWith(exitCodes.failed);
  if (output.machine) return output.document(tested);
  printTested(output, tested);
};
