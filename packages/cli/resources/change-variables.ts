import type { VariableChanges } from '@causeway/client';
import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { printVariables } from './print-variables.ts';

export interface VariableOptions extends WaitingOptions {
  readonly environment?: string;
  readonly dryRun?: boolean;
}

/** `--environment`, as part of a variable. */
export const whereOf = ({ options: { environment } }: Invocation<VariableOptions>) =>
  environment === undefined ? {} : { environment };

/** Changes variables of a service, waits until they are in service, and prints all of them. */
export const changeVariables = async (
  invocation: Invocation<VariableOptions>,
  name: string,
  changes: VariableChanges,
): Promise<void> => {
  const { wait, dryRun = false } = invocation.options;
  const platform = await invocation.platform();
  const wanted = { team: await invocation.team(), wait, dryRun };
  const service = await following(invocation, name, follow =>
    platform.changeVariables(name, changes, { ...wanted, ...follow }),
  ).catch(withoutStep);
  await printVariables(invocation, service);
};
