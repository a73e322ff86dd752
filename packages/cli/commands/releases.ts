import { isPlatformError, productionEnvironment, ReleaseKind, RolloutKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { listOfService } from '../resources/list-of-service.ts';

/** What the production rollout says of a release: it serves, and whether a rollback holds it. */
const servingOf = async (invocation: Invocation, name: string): Promise<(release: string) => string> => {
  const client = await invocation.client();
  const rollout = await client
    .resource(RolloutKind)
    .get(await invocation.team(), `${name}.${productionEnvironment}`, invocation.signal)
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  const { spec, status } = rollout ?? {};
  return release => {
    if (status?.serving?.release !== release) return '';
    return spec?.pin && spec.release === release ? `serving, pinned by ${spec.pin.by}` : 'serving';
  };
};

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const serving = invocation.output.machine ? () => '' : await servingOf(invocation, name);
  await listOfService(invocation, ReleaseKind, name, { header: 'Traffic', cell: serving });
};
