import { EnvironmentKind, EnvironmentRequestKind } from '@causeway/model';
import { environmentHeaders, environmentRow, pairsOf } from '../environments/environment-rows.ts';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { nextCommand } from '../resources/next-command.ts';
import { checkTeamExists } from '../resources/team-exists.ts';
import { withoutManagers } from '../resources/without-managers.ts';

export const run = async (invocation: Invocation<{ readonly allTeams?: boolean }>): Promise<void> => {
  const { options, output, signal } = invocation;
  const client = await invocation.client();
  const where = options.allTeams ? { signal } : { namespace: await invocation.team(), signal };
  const [requests, environments] = await Promise.all([
    client.resource(EnvironmentRequestKind).list(where),
    client.resource(EnvironmentKind).list(where),
  ]);
  const pairs = pairsOf(requests.items, environments.items);
  if (output.machine)
    return output.document(
      withoutManagers({
        apiVersion: 'v1',
        kind: 'List',
        items: pairs.map(({ request, environment }) => request ?? environment),
      }),
    );
  if (pairs.length === 0) {
    if (!options.allTeams) await checkTeamExists(invocation);
    const request = nextCommand(invocation, 'env request NAME --service SERVICE');
    return output.note(`There are no environments. Ask for one: ${request}`);
  }
  const now = Date.now();
  printTable(
    output,
    environmentHeaders,
    pairs.map(pair => environmentRow(pair, now)),
  );
};
