import type { Client } from '@causeway/client';
import {
  EventKind,
  type KindDefinition,
  type KindObject,
  kinds,
  PlatformError,
  ServiceKind,
} from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { describeLines, type RelatedTable, type ShownEvent } from '../resources/description.ts';
import { namespaceFor, parseTargets } from '../resources/find-kind.ts';
import { fetchTable, tableCells } from '../resources/tables.ts';

const newest = 5;

/** Objects of other kinds that say which service they belong to. */
const relatedOf = async (
  client: Client,
  kind: KindDefinition,
  object: KindObject,
  signal: AbortSignal,
): Promise<RelatedTable[]> => {
  if (kind.plural !== ServiceKind.plural) return [];
  const { name, namespace = '' } = object.metadata;
  const belonging = kinds.filter(other => other.selectableFields.includes('spec.service'));
  const tables = await Promise.all(
    belonging.map(async other => {
      const table = await fetchTable(client, other, namespace, {
        query: { fieldSelector: `spec.service=${name}` },
        signal,
      });
      const rows = table.rows
        .toSorted((a, b) =>
          b.object.metadata.creationTimestamp.localeCompare(a.object.metadata.creationTimestamp),
        )
        .slice(0, newest);
      const cells = tableCells({ ...table, rows }, { wide: false });
      const shown = cells.headers.flatMap((header, index) => (header === 'Service' ? [] : [index]));
      const pick = (row: readonly unknown[]): unknown[] => shown.map(index => row[index]);
      const more = table.rows.length > newest ? ` (the newest ${newest} of ${table.rows.length})` : '';
      return {
        title: `${other.plural[0]?.toUpperCase()}${other.plural.slice(1)}${more}`,
        headers: pick(cells.headers).map(String),
        rows: cells.rows.map(pick),
      };
    }),
  );
  return tables.filter(({ rows }) => rows.length > 0);
};

const eventsOf = async (
  client: Client,
  { kind, metadata }: KindObject,
  signal: AbortSignal,
): Promise<ShownEvent[]> => {
  const { items } = await client.resource(EventKind).list({
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${metadata.name}`,
    signal,
  });
  return (items as unknown as ShownEvent[]).toSorted((a, b) =>
    a.lastTimestamp.localeCompare(b.lastTimestamp),
  );
};

export const run = async (
  invocation: Invocation,
  kindWord: string,
  given: string | undefined,
): Promise<void> => {
  const { output, signal } = invocation;
  const [target] = parseTargets(kindWord, given === undefined ? [] : [given]).targets;
  if (!target)
    throw new PlatformError('Usage', 'Which one?', {
      next: `platform describe ${kindWord} NAME; \`platform get ${kindWord}\` lists them.`,
    });
  const { kind, name } = target;
  const client = await invocation.client();
  const object = (await client
    .resource(kind)
    .get(namespaceFor(kind, await invocation.team()), name, signal)) as KindObject;
  const [related, events] = await Promise.all([
    relatedOf(client, kind, object, signal),
    eventsOf(client, object, signal),
  ]);
  if (output.machine) return output.document({ object, events });
  for (const line of describeLines({ object, related, events }, Date.now())) output.line(line);
};
