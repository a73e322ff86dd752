import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { parseAssignment } from '../resources/assignments.ts';
import { printVariables } from '../resources/print-variables.ts';

interface Options extends WaitingOptions {
  readonly environment?: string;
  readonly dryRun?: boolean;
}

export const run = async (
  invocation: Invocation<Options>,
  name: string,
  assignments: readonly string[],
): Promise<void> => {
  const { environment, wait, dryRun = false } = invocation.options;
  const where = environment === undefined ? {} : { environment };
  const set = assignments.map(text => ({ ...parseAssignment(text), ...where }));
  const platform = await invocation.platform();
  const wanted = { team: await invocation.team(), wait, dryRun };
  const service = await following(invocation, name, follow =>
    platform.changeVariables(name, { set }, { ...wanted, ...follow }),
  ).catch(withoutStep);
  await printVariables(invocation, service);
};
