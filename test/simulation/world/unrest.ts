import type { KindObject } from '@causeway/model';
import type { DatabaseServer } from '../database/database-server.ts';
import type { WorldRecord } from '../judge/record.ts';
import type { Server } from './server.ts';
import { goalGap } from './widget-controller.ts';

/** Which server does not show all there is, or has work to do. */
export const serversUnrest = ({ truth }: DatabaseServer, servers: readonly Server[]): string | undefined => {
  for (const { name, engine } of servers) {
    if (!engine) return `${name} does not serve`;
    const { revision } = engine.reading();
    if (revision !== truth.head.revision)
      return `${name} shows revision ${revision} of ${truth.head.revision}`;
    if (!engine.settled) return `${name} has work to do`;
  }
  return undefined;
};

/** [ENG16] What is not yet as it shall be in the end. */
export const unrest = (
  database: DatabaseServer,
  servers: readonly Server[],
  record: WorldRecord,
): string | undefined => {
  const { truth } = database;
  const gap = goalGap([...truth.objects.values()].map(({ data }) => JSON.parse(data) as KindObject));
  if (gap) return gap;
  const busy = serversUnrest(database, servers);
  if (busy) return busy;
  if (record.sessions.some(({ open, marked, synced }) => open && marked && synced === undefined))
    return 'a watch is being told the state';
  for (const { watcher, kind, selects, told } of record.informers) {
    const view = new Map<string, number>();
    for (const { type, name, revision } of told)
      if (type === 'DELETED') view.delete(name);
      else view.set(name, revision);
    const due = [...truth.objects.values()].filter(one => one.kind === kind && selects(JSON.parse(one.data)));
    for (const { name, revision } of due)
      if (view.get(name) !== revision) return `informer ${watcher} has not been told of ${name}@${revision}`;
    if (view.size !== due.length) return `informer ${watcher} has not been told what is gone`;
  }
  return undefined;
};
