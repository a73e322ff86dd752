import { type KindDefinition, type ObjectOf, PlatformError } from '@causeway/model';
import type { Client } from '../client.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Errors that trying again does not mend; the rest is a restart of the server. */
const lasting = new Set([
  'Unauthenticated',
  'Forbidden',
  'NotFound',
  'BadRequest',
  'Invalid',
  'MethodNotAllowed',
]);

export const isLasting = (error: PlatformError): boolean => lasting.has(error.code);

/**
 * Waits until an object is as wanted, through disconnects; the condition gets `undefined` while there is no such object.
 * Throws `Timeout`, what the platform refuses for good, or the signal's reason.
 */
export const waitUntil = <K extends KindDefinition>(
  client: Client,
  kind: K,
  namespace: string,
  name: string,
  condition: (object: ObjectOf<K> | undefined) => boolean,
  { timeoutMs, signal }: WaitOptions,
): Promise<ObjectOf<K> | undefined> => {
  const ending = new AbortController();
  let object: ObjectOf<K> | undefined;
  return new Promise<ObjectOf<K> | undefined>((resolve, reject) => {
    const late = () =>
      reject(
        new PlatformError(
          'Timeout',
          `${kind.singular} ${name} is not as it should be after ${timeoutMs / 1000} s.`,
        ),
      );
    const timer = setTimeout(late, timeoutMs);
    ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    const look = (): void => {
      if (condition(object)) resolve(object);
    };
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: ending.signal });
    client.inform(kind, {
      ...(namespace === '' ? {} : { namespace }),
      fieldSelector: `metadata.name=${name}`,
      signal: ending.signal,
      onChange(type, changed) {
        object = type === 'DELETED' ? undefined : changed;
        look();
      },
      onSynced: look,
      onError(error) {
        if (isLasting(error)) reject(error);
      },
    });
  }).finally(() => ending.abort());
};
