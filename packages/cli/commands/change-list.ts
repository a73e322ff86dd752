import { ChangeRequestKind, ServiceKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { ageOf } from '../output/age.ts';
import { printTable } from '../output/print-table.ts';
import { checkTeamExists } from '../resources/team-exists.ts';
import { withoutManagers } from '../resources/without-managers.ts';

interface Options {
  readonly allTeams?: boolean;
  readonly all?: boolean;
}

export const run = async (invocation: Invocation<Options>, service: string | undefined): Promise<void> => {
  const { options, output, signal } = invocation;
  const client = await invocation.client();
  const team = await invocation.team();
  if (service !== undefined) await client.resource(ServiceKind).get(team, service, signal);
  const { items: found } = await client.resource(ChangeRequestKind).list({
    ...(options.allTeams && service === undefined ? {} : { namespace: team }),
    ...(service === undefined ? {} : { fieldSelector: `spec.service=${service}` }),
    signal,
  });
  const items = found
    .filter(({ status }) => options.all || (status?.phase ?? 'Open') === 'Open')
    .toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  if (output.machine) return output.document(withoutManagers({ apiVersion: 'v1', kind: 'List', items }));
  if (items.length === 0) {
    if (!options.allTeams) await checkTeamExists(invocation);
    return output.note(
      options.all
        ? 'There are no change requests.'
        : 'No change request is open. Open one: git push -o change origin BRANCH',
    );
  }
  const now = Date.now();
  printTable(
    output,
    [...(options.allTeams ? ['Team'] : []), 'Name', 'Title', 'Branch', 'Author', 'Phase', 'Age', 'Merge'],
    items.map(({ metadata, spec, status }) => [
      ...(options.allTeams ? [metadata.namespace] : []),
      metadata.name,
      spec.title,
      spec.source,
      spec.author,
      status?.phase ?? 'Open',
      ageOf(metadata.creationTimestamp, now),
      status?.mergeable?.message,
    ]),
  );
};
