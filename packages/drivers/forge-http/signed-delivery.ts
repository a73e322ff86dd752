import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ForgeDelivery } from '@causeway/contracts';
import { PlatformError, parseOutsideJson } from '@causeway/model';

const refused = (why: string): PlatformError =>
  new PlatformError('Unauthenticated', `the delivery is not signed by the forge: ${why}`, {
    next: 'Give the webhook the secret of the file that webhookSecretFile names.',
  });

/** One header; `undefined` when it is missing or there are several. */
export const header = ({ headers }: ForgeDelivery, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Throws `Unauthenticated` unless the signature (hexadecimal) is that of the body’s bytes, whatever else is wrong with them. */
const verify = (body: Uint8Array, secret: string, signature: string | undefined): void => {
  if (signature === undefined) throw refused('it has no signature');
  if (!/^[0-9a-f]{64}$/i.test(signature)) throw refused('its signature is no SHA-256');
  const expected = createHmac('sha256', secret).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
    throw refused('its signature is another’s, or its body was changed or cut off');
};

/** The JSON of a delivery, once its signature is right. Throws `Unauthenticated`, `UnsupportedMediaType`, `BadRequest`. */
export const readSignedJson = (
  delivery: ForgeDelivery,
  secret: string,
  signature: string | undefined,
): unknown => {
  verify(delivery.body, secret, signature);
  const type = header(delivery, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new PlatformError('UnsupportedMediaType', `the delivery is ${type?.slice(0, 80) ?? 'of no type'}`, {
      next: 'Set the content type of the webhook to application/json.',
    });
  const { buffer, byteOffset, byteLength } = delivery.body;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  if (!isUtf8(bytes)) throw new PlatformError('BadRequest', 'the delivery is not UTF-8');
  try {
    return parseOutsideJson(bytes.toString('utf8'));
  } catch (error) {
    throw new PlatformError(
      'BadRequest',
      `the delivery is not JSON: ${(error as Error).message.slice(0, 200)}`,
    );
  }
};
