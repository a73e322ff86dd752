import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';

interface Statistics {
  readonly revision: number;
  readonly revisionsLastDay: number;
  readonly historyFrom?: number;
  readonly historyRows: number;
  readonly historyBytes: number;
  readonly auditRecords: number;
  readonly ledgerEntries: number;
  readonly databaseBytes: number;
  readonly connections: number;
  readonly mostConnections: number;
  readonly postgresql: string;
  readonly kinds: readonly { readonly kind: string; readonly objects: number; readonly bytes: number }[];
}

const sizeOf = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

export const run = async (invocation: Invocation): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const found = (await client.request('GET', '/api/administration/statistics', undefined, {
    signal,
  })) as Statistics;
  if (output.machine) return output.document(found);
  const from = found.historyFrom === undefined ? '' : `, complete after ${found.historyFrom}`;
  printTable(
    output,
    ['What', 'Value'],
    [
      ['Revision', `${found.revision}, ${found.revisionsLastDay} of them in the last 24 hours`],
      ['History', `${found.historyRows} changes, ${sizeOf(found.historyBytes)}${from}`],
      ['Audit', `${found.auditRecords} records`],
      ['Ledger', `${found.ledgerEntries} entries`],
      ['Database', `${sizeOf(found.databaseBytes)}, PostgreSQL ${found.postgresql}`],
      ['Connections', `${found.connections} of ${found.mostConnections}`],
    ],
  );
  output.line();
  printTable(
    output,
    ['Kind', 'Objects', 'Size'],
    found.kinds.map(({ kind, objects, bytes }) => [kind, objects, sizeOf(bytes)]),
  );
};
