import { type KindDefinition, kindId } from '@causeway/model';
import { inform } from '../../../packages/client/watch/inform.ts';
import { isInitialEventsEnd } from '../../../packages/client/watch/watch-events.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { InformerRecord, WatchSession, WorldRecord } from '../judge/record.ts';
import type { Selects } from '../judge/truth-log.ts';
import type { Network } from '../network/call.ts';
import { type LineTap, simulateTransport } from '../network/simulated-transport.ts';
import type { Server } from './server.ts';

export interface WatcherParts {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly database: DatabaseServer;
  readonly record: WorldRecord;
  readonly pickServer: () => Server;
  readonly kind: KindDefinition;
  readonly labelSelector?: string;
  readonly selects: Selects;
  readonly linePauseMs: () => number;
}

const tapSession = (session: WatchSession): LineTap => ({
  event(event) {
    const { metadata } = event.object;
    const revision = Number(metadata.resourceVersion);
    if (isInitialEventsEnd(event)) session.synced = revision;
    else if (event.type === 'BOOKMARK') session.bookmarks.push({ revision, after: session.events.length });
    else if (session.from === undefined && session.marked && session.synced === undefined)
      session.initial.push(`${metadata.name}@${revision}`);
    else session.events.push(`${event.type} ${metadata.name}@${revision}`);
  },
  ended() {
    session.open = false;
  },
});

/** A program that follows a kind with the client’s own informer, through whatever happens. */
export const startWatcher = (parts: WatcherParts, signal: AbortSignal): InformerRecord => {
  const { name, scheduler, random, record, database, kind, selects, labelSelector } = parts;
  const informer: InformerRecord = { watcher: name, kind: kindId(kind), selects, told: [] };
  record.informers.push(informer);
  const transport = simulateTransport({
    ...parts,
    tap: ({ resourceVersion, sendInitialEvents }) => {
      const session: WatchSession = {
        watcher: name,
        kind: kindId(kind),
        selects,
        from: sendInitialEvents || !resourceVersion ? undefined : Number(resourceVersion),
        marked: sendInitialEvents === true,
        since: sendInitialEvents && resourceVersion ? Number(resourceVersion) : database.truth.head.revision,
        initial: [],
        synced: undefined,
        events: [],
        bookmarks: [],
        open: true,
      };
      record.sessions.push(session);
      if (session.from !== undefined) scheduler.count('a watch goes on from a revision on a new connection');
      scheduler.trace(() => `${name} watches from ${session.from ?? 'the state'}`);
      return tapSession(session);
    },
  });
  const options = {
    ...(labelSelector ? { labelSelector } : {}),
    onChange: (type: string, object: { metadata: { name: string; resourceVersion: string } }) => {
      const { metadata } = object;
      scheduler.trace(() => `${name} is told ${type} ${metadata.name}@${metadata.resourceVersion}`);
      informer.told.push({ type, name: metadata.name, revision: Number(metadata.resourceVersion) });
    },
    signal,
  };
  void inform(transport, kind, options, {
    elapsed: () => scheduler.time,
    pause: ms => new Promise(resolve => scheduler.after(ms, () => resolve())),
    fraction: () => random.fraction(),
  });
  return informer;
};
