import { type ClientRequest, request } from 'node:http';
import { createInterface } from 'node:readline';
import { address } from './client.ts';
import type { History, Listing, Seen, Watched, WatchedKind } from './history.ts';
import type { Random } from './random.ts';
import { type RawObject, seenObject } from './seen-object.ts';

export interface WatcherOptions {
  readonly kind: WatchedKind;
  /** Only objects with this label. */
  readonly parity?: string;
  /** Begins by a watch with `sendInitialEvents` instead of a list. */
  readonly streamsInitial: boolean;
  readonly token: string;
  readonly ports: readonly number[];
  readonly random: Random;
  readonly history: History;
  readonly signal: AbortSignal;
}

interface Line {
  readonly type: string;
  readonly object: RawObject & { readonly code?: number; readonly reason?: string };
}

const initialEventsEnd = 'k8s.io/initial-events-end';
const breakMs = 40;

/** A watcher that goes on for ever: on any server, from the version it saw last, and from a new list when that is too old. */
export const runWatcher = (options: WatcherOptions): Watched => {
  const { kind, parity, token, ports, random, history, signal } = options;
  const watched: Watched = { kind, ...(parity ? { parity } : {}), steps: [], breaks: 0, expired: 0 };
  /** The version to go on from; `undefined`: begin anew. */
  let version: number | undefined;

  const read = async (query: Record<string, string>, onLine: (line: Line) => boolean): Promise<void> => {
    const parameters = new URLSearchParams({
      ...query,
      ...(parity ? { labelSelector: `parity=${parity}` } : {}),
    });
    const port = random.pick(ports);
    const open = Promise.withResolvers<void>();
    const sent: ClientRequest = request({
      host: '127.0.0.1',
      port,
      path: `${address(kind, '')}?${parameters}`,
      agent: false,
      headers: { authorization: `Bearer ${token}` },
    });
    const abort = (): void => void sent.destroy();
    signal.addEventListener('abort', abort);
    // A server that stands still neither answers nor closes.
    sent.setTimeout(15_000, abort);
    sent.on('error', () => open.resolve());
    sent.on('close', () => open.resolve());
    sent.on('response', async response => {
      response.on('error', () => {});
      try {
        for await (const text of createInterface({ input: response })) {
          // The last line of a broken stream may be half a line.
          const line = parsed(text);
          if (line === undefined) break;
          if (response.statusCode !== 200) {
            onRefused(response.statusCode ?? 0, line);
            break;
          }
          if (!onLine(line)) break;
        }
      } catch {}
      sent.destroy();
    });
    sent.end();
    await open.promise.finally(() => signal.removeEventListener('abort', abort));
  };

  const onRefused = (status: number, line: Line): void => {
    if (status === 410) {
      watched.expired += 1;
      version = undefined;
    } else if (![429, 503, 504].includes(status))
      history.surprises.push(`a watch of ${kind} was answered with ${status} ${JSON.stringify(line)}`);
  };

  const begin = (listed: Pick<Listing, 'call' | 'version'> & { items: Seen[] }): void => {
    const list: Listing = { kind, ...(parity ? { parity } : {}), ...listed, return: performance.now() };
    watched.steps.push({ list });
    history.listings.push(list);
    version = list.version;
  };

  const onEvent = ({ type, object }: Line): boolean => {
    if (type === 'ERROR') {
      onRefused(object.code ?? 0, { type, object });
      return false;
    }
    const seen = seenObject(kind, object);
    if (type === 'BOOKMARK') {
      version = Math.max(version ?? 0, seen.version);
      return true;
    }
    watched.steps.push({ type: type as 'ADDED', object: seen });
    version = seen.version;
    return true;
  };

  const streamInitial = async (): Promise<void> => {
    const call = performance.now();
    const items: Seen[] = [];
    const query = {
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
    };
    await read(query, line => {
      if (version !== undefined) return onEvent(line);
      if (line.type === 'ERROR') return onEvent(line);
      if (line.type === 'ADDED') items.push(seenObject(kind, line.object));
      else if (line.type === 'BOOKMARK' && line.object.metadata.annotations?.[initialEventsEnd] === 'true')
        begin({ call, version: Number(line.object.metadata.resourceVersion), items });
      else history.surprises.push(`among the initial events of ${kind}: ${JSON.stringify(line)}`);
      return true;
    });
  };

  const list = async (): Promise<void> => {
    const call = performance.now();
    await read({}, line => {
      const { metadata, items } = line as unknown as {
        metadata: { resourceVersion: string };
        items: RawObject[];
      };
      begin({
        call,
        version: Number(metadata.resourceVersion),
        items: items.map(one => seenObject(kind, one)),
      });
      return false;
    });
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (version === undefined) await (options.streamsInitial ? streamInitial() : list());
      if (version !== undefined && !signal.aborted) {
        // Some streams end by themselves, others only when something breaks.
        const seconds = String(random.pick([2, 10, 600]));
        const query = { watch: 'true', resourceVersion: String(version), timeoutSeconds: seconds };
        await read(query, onEvent);
        watched.breaks += 1;
      }
      await new Promise(resolve => setTimeout(resolve, breakMs));
    }
  };
  void run();
  return watched;
};

const parsed = (text: string): Line | undefined => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
};

/** The newest version that a watcher has been told of. */
export const reached = ({ steps }: Watched): number => {
  const last = steps.at(-1);
  if (!last) return 0;
  return 'list' in last ? last.list.version : last.object.version;
};
