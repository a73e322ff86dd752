import { type Query, resourcePath } from '@causeway/client';
import { type KindDefinition, kinds, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { namespaceFor, parseTargets, type Target } from '../resources/find-kind.ts';
import { fetchTable, type Table, tableCells } from '../resources/tables.ts';
import { checkTeamExists } from '../resources/team-exists.ts';
import { withoutManagers } from '../resources/without-managers.ts';

interface Options {
  readonly allTeams?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
}

export const run = async (
  invocation: Invocation<Options>,
  kindWord: string | undefined,
  names: readonly string[],
): Promise<void> => {
  if (kindWord === undefined) return listKinds(invocation);
  const { kind, targets } = parseTargets(kindWord, names);
  if (targets.length > 0) return showObjects(invocation, targets);
  return listObjects(invocation, kind);
};

const listKinds = async ({ output }: Invocation<Options>): Promise<void> => {
  if (output.machine)
    return output.document(
      kinds.map(({ kind, plural, singular, shortNames, scope, description }) => ({
        kind,
        plural,
        singular,
        shortNames,
        scope,
        description,
      })),
    );
  const rows = kinds.map(kind => [
    kind.plural,
    kind.shortNames.join(),
    kind.scope === 'Cluster' ? 'platform' : 'team',
    kind.description,
  ]);
  printTable(output, ['Kind', 'Short', 'Of', 'What it is'], rows);
};

const selection = ({ selector, fieldSelector }: Options): Query => ({
  labelSelector: selector,
  fieldSelector,
});

const listObjects = async (invocation: Invocation<Options>, kind: KindDefinition): Promise<void> => {
  const { options, output, signal } = invocation;
  const client = await invocation.client();
  const everywhere = options.allTeams === true && kind.scope === 'Namespaced';
  const namespace = everywhere ? '' : namespaceFor(kind, await invocation.team());
  const query = selection(options);
  if (output.machine)
    return output.document(
      withoutManagers(
        await client.request('GET', resourcePath(kind, namespace), undefined, { query, signal }),
      ),
    );
  const table = await fetchTable(client, kind, namespace, { query, signal });
  if (table.rows.length > 0) return showTable(invocation, table, everywhere);
  if (kind.scope === 'Namespaced' && !everywhere) await checkTeamExists(invocation);
  const where = kind.scope === 'Cluster' ? '' : everywhere ? ' in any team' : ` in team ${namespace}`;
  output.note(`There are no ${kind.plural}${where}.`);
};

const showObjects = async (invocation: Invocation<Options>, targets: readonly Target[]): Promise<void> => {
  const { options, output, signal } = invocation;
  if (options.allTeams || options.selector || options.fieldSelector)
    throw new PlatformError('Usage', 'A name and a selection of many do not go together.', {
      next: 'Leave out the name, or --all-teams and the selectors.',
    });
  const client = await invocation.client();
  const team = await invocation.team();
  if (output.machine) {
    const objects = await Promise.all(
      targets.map(({ kind, name }) => client.resource(kind).get(namespaceFor(kind, team), name, signal)),
    );
    return output.document(
      withoutManagers(objects.length === 1 ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects }),
    );
  }
  const tables = await Promise.all(
    targets.map(({ kind, name }) => fetchTable(client, kind, namespaceFor(kind, team), { name, signal })),
  );
  // Objects of one kind share a table.
  const byKind = Map.groupBy(tables.keys(), index => targets[index]?.kind);
  for (const [position, indexes] of [...byKind.values()].entries()) {
    const [first, ...rest] = indexes.map(index => tables[index]).filter(table => table !== undefined);
    if (!first) continue;
    if (position > 0) output.line();
    showTable(invocation, { ...first, rows: [first, ...rest].flatMap(table => table.rows) }, false);
  }
};

const showTable = ({ output }: Invocation<Options>, table: Table, withTeam: boolean): void => {
  const { headers, rows } = tableCells(table, { wide: output.format === 'wide', withTeam });
  printTable(output, headers, rows);
};
