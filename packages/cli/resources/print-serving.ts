import type { PlatformService } from '@causeway/client';
import { BuildKind, isPlatformError, productionEnvironment, RolloutKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

/** The end of a command that changed what serves: which release, and where. */
export const printServing = async (
  invocation: Invocation,
  service: PlatformService,
  what: string,
  environment: string = productionEnvironment,
): Promise<void> => {
  const { output } = invocation;
  if (output.machine) return output.document(service.object);
  if (environment !== productionEnvironment) {
    const rollout = await (await invocation.client())
      .resource(RolloutKind)
      .get(service.team, `${service.name}.${environment}`);
    return output.line(`✔ ${rollout.spec.release} ${what}`);
  }
  output.line(`✔ ${service.release ?? service.name} ${what}`);
  if (service.url) output.line(`  ${service.url}`);
};

/** Where the newest push or deploy went; production before others. `undefined`: nothing takes pushes. */
export const destinationOf = async (
  invocation: Invocation,
  { name, team, object }: PlatformService,
): Promise<string | undefined> => {
  const build = await (await invocation.client())
    .resource(BuildKind)
    .get(team, `${name}.${object.status?.sequence ?? 0}`)
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  const names = build?.status?.environments?.map(one => one.name) ?? [productionEnvironment];
  return names.includes(productionEnvironment) ? productionEnvironment : names.at(-1);
};
