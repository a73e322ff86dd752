import { resourcePath } from '@causeway/client';
import { type KindDefinition, ServiceKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { fetchTable, tableCells } from './tables.ts';

interface ExtraColumn {
  readonly header: string;
  readonly cell: (objectName: string) => string;
}

interface Listed {
  readonly items: readonly { readonly spec: { readonly sequence: number } }[];
}

/** `orders.12` → 12: these objects are named after the push they belong to. */
const sequenceOf = (name: string): number => Number(name.slice(name.lastIndexOf('.') + 1)) || 0;

/** Builds or releases of one service, the newest first. Throws `NotFound` when there is no such service. */
export const listOfService = async (
  invocation: Invocation,
  kind: KindDefinition,
  service: string,
  extra?: ExtraColumn,
): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const team = await invocation.team();
  const query = { fieldSelector: `spec.service=${service}` };
  await client.resource(ServiceKind).get(team, service, signal);
  if (output.machine) {
    const list = (await client.request('GET', resourcePath(kind, team), undefined, {
      query,
      signal,
    })) as Listed;
    return output.document({
      ...list,
      items: list.items.toSorted((a, b) => b.spec.sequence - a.spec.sequence),
    });
  }
  const table = await fetchTable(client, kind, team, { query, signal });
  const named = (row: (typeof table.rows)[number]): string => row.object.metadata.name;
  const sorted = {
    ...table,
    rows: table.rows.toSorted((a, b) => sequenceOf(named(b)) - sequenceOf(named(a))),
  };
  if (sorted.rows.length === 0) return output.note(`${service} has no ${kind.plural} yet.`);
  const { headers, rows } = tableCells(sorted, { wide: output.format === 'wide' });
  const withExtra = extra ? rows.map((row, index) => [...row, extra.cell(named(sorted.rows[index]!))]) : rows;
  printTable(output, extra ? [...headers, extra.header] : headers, withExtra);
};
