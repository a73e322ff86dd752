import { productionEnvironment } from '@causeway/model';
import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { destinationOf, printServing } from '../resources/print-serving.ts';

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
  if (!wait) return printServing(invocation, service, 'is being deployed');
  const environment = await destinationOf(invocation, service);
  if (environment !== undefined) {
    const where = environment === productionEnvironment ? '' : ` in ${environment}`;
    return printServing(invocation, service, `serves${where}`, environment);
  }
  const release = `${name}.${service.object.status?.sequence ?? ''}`;
  invocation.output.line(`✔ ${release} is released, and no environment takes pushes. Next:`);
  invocation.output.line(`  platform promote ${name} --release ${release} --to ENVIRONMENT`);
};
