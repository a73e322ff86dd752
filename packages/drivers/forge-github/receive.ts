import type { ForgeDelivery, ForgeEvent, ForgeNews } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { changeEvent, ignoredEvent, pushEvent } from '../forge-http/delivery-event.ts';
import { header, readSignedJson } from '../forge-http/signed-delivery.ts';

/** Events after which a change request may be another. */
const aboutChanges = new Set(['pull_request', 'pull_request_review']);

const eventOf = (event: string, payload: unknown): ForgeEvent => {
  if (aboutChanges.has(event)) return changeEvent(payload, event);
  return event === 'push' ? pushEvent(payload, event) : ignoredEvent(event);
};

/** Reads a delivery of GitHub: X-GitHub-Event, X-GitHub-Delivery, X-Hub-Signature-256. */
export const receive = (delivery: ForgeDelivery, secret: string): ForgeNews => {
  const [, signature] = /^sha256=(.*)$/.exec(header(delivery, 'x-hub-signature-256') ?? '') ?? [];
  const payload = readSignedJson(delivery, secret, signature);
  const event = header(delivery, 'x-github-event');
  const id = header(delivery, 'x-github-delivery');
  if (!event || !id)
    throw new PlatformError('BadRequest', 'the delivery lacks X-GitHub-Event or X-GitHub-Delivery');
  return { delivery: id, event: eventOf(event, payload) };
};
