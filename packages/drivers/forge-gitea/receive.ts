import type { ForgeDelivery, ForgeEvent, ForgeNews } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { changeEvent, ignoredEvent, pushEvent } from '../forge-http/delivery-event.ts';
import { header, readSignedJson } from '../forge-http/signed-delivery.ts';

/** Events after which a change request may be another. */
const aboutChanges = new Set([
  'pull_request',
  'pull_request_approved',
  'pull_request_rejected',
  'pull_request_comment',
]);

const eventOf = (event: string, payload: unknown): ForgeEvent => {
  if (aboutChanges.has(event)) return changeEvent(payload, event);
  return event === 'push' ? pushEvent(payload, event) : ignoredEvent(event);
};

/** Reads a delivery of Gitea: X-Gitea-Event, X-Gitea-Delivery, X-Gitea-Signature. */
export const receive = (delivery: ForgeDelivery, secret: string): ForgeNews => {
  const payload = readSignedJson(delivery, secret, header(delivery, 'x-gitea-signature'));
  const event = header(delivery, 'x-gitea-event');
  const id = header(delivery, 'x-gitea-delivery');
  if (!event || !id)
    throw new PlatformError('BadRequest', 'the delivery lacks X-Gitea-Event or X-Gitea-Delivery');
  return { delivery: id, event: eventOf(event, payload) };
};
