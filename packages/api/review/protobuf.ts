import { PlatformError } from '@causeway/model';

const malformed = (what: string): PlatformError =>
  new PlatformError('BadRequest', `the protobuf body cannot be read: ${what}`, {
    next: 'Send application/json.',
  });

/** The length-delimited fields of one message by number, the last one where a field is repeated. */
export type Message = ReadonlyMap<number, Buffer>;

/**
 * Reads one protobuf message (protobuf.dev/programming-guides/encoding). Only strings and messages are kept, which is
 * all that access reviews hold; numbers are skipped. Any input gives a message or `BadRequest`.
 */
export const readMessage = (bytes: Buffer): Message => {
  const fields = new Map<number, Buffer>();
  let at = 0;
  /** A varint of at most 32 bits of value; larger ones lose what is above. */
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw malformed('it ends within a number');
      if (shift < 35) value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed('a number is too long');
  };
  const skip = (length: number): Buffer => {
    if (length > bytes.length - at) throw malformed('it ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw malformed('a field has the number 0');
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        skip(8);
        break;
      case 2:
        fields.set(number, skip(varint()));
        break;
      case 5:
        skip(4);
        break;
      default:
        throw malformed(`wire type ${tag % 8}`);
    }
  }
  return fields;
};

export const readText = (message: Message, field: number): string =>
  message.get(field)?.toString('utf8') ?? '';

/** The message in a field; absent ones are `undefined`. */
export const readInner = (message: Message, field: number): Message | undefined => {
  const bytes = message.get(field);
  return bytes && readMessage(bytes);
};
