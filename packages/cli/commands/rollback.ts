import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { printServing } from '../resources/print-serving.ts';

interface Options extends WaitingOptions {
  readonly to?: string;
  readonly environment?: string;
}

export const run = async (invocation: Invocation<Options>, name: string): Promise<void> => {
  const { wait, to, environment } = invocation.options;
  const platform = await invocation.platform();
  const wanted = {
    team: await invocation.team(),
    wait,
    ...(to === undefined ? {} : { to }),
    ...(environment === undefined ? {} : { environment }),
  };
  const service = await following(invocation, name, follow =>
    platform.rollback(name, { ...wanted, ...follow }),
  ).catch(withoutStep);
  const where = environment === undefined ? '' : ` in ${environment}`;
  const what = wait ? `serves again${where}, until a newer push` : `is being rolled back${where}`;
  await printServing(invocation, service, what, environment);
};
