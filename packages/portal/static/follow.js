import { keepAtIt } from './keep-at-it.js';

/**
 * @typedef {{ metadata: { uid: string, name: string, namespace?: string, resourceVersion: string } }} Resource
 * @typedef {{ type: string, object: Resource }} WatchEvent
 */

/**
 * One event of a watch applied to what is known. False when the watch cannot go on and the list must be read anew.
 * @param {Map<string, Resource>} objects by uid
 * @param {WatchEvent} event
 */
export const applyEvent = (objects, { type, object }) => {
  if (type === 'ADDED' || type === 'MODIFIED') objects.set(object.metadata.uid, object);
  else if (type === 'DELETED') objects.delete(object.metadata.uid);
  else if (type !== 'BOOKMARK') return false;
  return true;
};

/**
 * Lists objects and then watches them, until the signal ends. Each new connection begins with a list, so nothing that
 * was missed stays on the page.
 * @param {import('./api.js').Api} api
 * @param {string} address of a list, with selectors in its query if any
 * @param {{ signal: AbortSignal, onObjects: (objects: any[]) => void, onLost: (failure: import('./api.js').Failure) => void }} options
 */
export const follow = (api, address, { signal, onObjects, onLost }) =>
  keepAtIt(
    signal,
    async turn => {
      const list = await api.json(address, { signal: turn });
      /** @type {Map<string, Resource>} */
      const objects = new Map(list.items.map((/** @type {Resource} */ one) => [one.metadata.uid, one]));
      onObjects([...objects.values()]);
      const from = `${address}${address.includes('?') ? '&' : '?'}watch=true&resourceVersion=${list.metadata.resourceVersion}`;
      for await (const line of api.lines(from, { signal: turn })) {
        if (!applyEvent(objects, JSON.parse(line))) return;
        onObjects([...objects.values()]);
      }
    },
    onLost,
  );
