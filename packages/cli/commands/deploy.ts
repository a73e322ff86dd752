import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { printServing } from '../resources/print-serving.ts';

export const run = async (
  invocation: Invocation<WaitingOptions>,
  name: string,
  ref: string | undefined,
): Promise<void> => {
  const { wait } = invocation.options;
  const platform = await invocation.platform();
  const wanted = { team: await invocation.team(), wait, ...(ref === undefined ? {} : { ref }) };
  const service = await following(invocation, name, follow =>
    platform.deploy(name, { ...wanted, ...follow }),
  ).catch(withoutStep);
  await printServing(invocation, service, wait ? 'serves' : 'is being deployed');
};
