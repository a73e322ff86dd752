import { type KindObject, PlatformError } from '@causeway/model';
import { errorOfStatus } from '../http/decode-error.ts';
import { LineSplitter } from '../http/line-splitter.ts';
import type { Transport } from '../http/transport.ts';

/** One line of a Kubernetes watch. The object of a BOOKMARK has only metadata. */
export interface WatchEvent<O = KindObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: O;
}

/** Marks the BOOKMARK after which the initial state is complete (KEP-3157). */
export const initialEventsEnd = 'k8s.io/initial-events-end';

export const isInitialEventsEnd = (
  event: WatchEvent<{ metadata: { annotations?: Record<string, string> } }>,
): boolean => event.type === 'BOOKMARK' && event.object.metadata.annotations?.[initialEventsEnd] === 'true';

const parseEvent = (line: string, server: string): WatchEvent => {
  let event: { type?: unknown; object?: unknown };
  try {
    event = JSON.parse(line);
  } catch {
    throw new PlatformError('Unavailable', `The watch on ${server} broke off in the middle of an event.`, {
      evidence: [line.slice(0, 200)],
    });
  }
  if (event.type === 'ERROR') throw errorOfStatus((event.object ?? {}) as Record<string, unknown>);
  return event as WatchEvent;
};

/**
 * Opens a watch and calls back for each event as its line arrives. Resolves when the server ends it, as servers
 * do from time to time; throws PlatformError (`Expired`: list again), or the signal's reason.
 */
export const readWatch = async (
  transport: Transport,
  path: string,
  signal: AbortSignal,
  onEvent: (event: WatchEvent) => void,
): Promise<void> => {
  const { body } = await transport.open({ method: 'GET', path, signal });
  const splitter = new LineSplitter();
  try {
    for await (const chunk of body)
      for (const line of splitter.push(chunk)) if (line !== '') onEvent(parseEvent(line, transport.server));
  } catch (error) {
    transport.readFailed(error, signal);
  }
};

/** The same as an iterable, for callers that take one event at a time; the server waits while they do. */
export async function* watchEvents(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { body } = await transport.open({ method: 'GET', path, signal });
  const splitter = new LineSplitter();
  try {
    for await (const chunk of body)
      for (const line of splitter.push(chunk)) if (line !== '') yield parseEvent(line, transport.server);
  } catch (error) {
    transport.readFailed(error, signal);
  }
}
