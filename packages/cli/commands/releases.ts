import { productionEnvironment, ReleaseKind, RolloutKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { listOfService } from '../resources/list-of-service.ts';

/** Where a release serves, production first, and whether a rollback holds it there. */
const servingOf = async (invocation: Invocation, name: string): Promise<(release: string) => string> => {
  const client = await invocation.client();
  const { items } = await client
    .resource(RolloutKind)
    .list({ namespace: await invocation.team(), fieldSelector: `spec.service=${name}` });
  const inOrder = items.toSorted((a, b) => {
    const [one, other] = [a.spec.environment, b.spec.environment];
    if (one === productionEnvironment || other === productionEnvironment)
      return one === productionEnvironment ? -1 : 1;
    return one < other ? -1 : 1;
  });
  return release =>
    inOrder
      .filter(({ status }) => status?.serving?.release === release)
      .map(({ spec }) => {
        const where = spec.environment === productionEnvironment ? '' : ` in ${spec.environment}`;
        return spec.pin && spec.release === release
          ? `serving${where}, pinned by ${spec.pin.by}`
          : `serving${where}`;
      })
      .join('; ');
};

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const serving = invocation.output.machine ? () => '' : await servingOf(invocation, name);
  await listOfService(invocation, ReleaseKind, name, { header: 'Traffic', cell: serving });
};
