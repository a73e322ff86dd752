/** Its media type. kubectl asks for it by an older name, with an `@` that no media type may hold. */
export const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
export const asksForOpenApiV2Protobuf = (accept: string): boolean =>
  accept.includes(openApiV2Protobuf) || accept.includes(openApiV2Protobuf.replace('.v1.0', '@v1.0'));

/** A length-delimited field of a protobuf message; all that is said here is shorter than 128 bytes. */
const field = (number: number, content: Buffer): Buffer => {
  if (content.length > 127) throw new RangeError(`a field of ${content.length} bytes`);
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
};
const textField = (number: number, text: string): Buffer => field(number, Buffer.from(text));

/**
 * A document that says nothing, as openapi.v2.Document (github.com/google/gnostic-models). kubectl asks for it before it
 * creates or applies a `kind: List`, and has nothing else to fall back to; what it does not find there it leaves to the
 * server to check.
 */
export const openApiV2AsProtobuf = (title: string, version: string): Buffer =>
  Buffer.concat([
    textField(1, '2.0'),
    field(2, Buffer.concat([textField(1, title), textField(2, version.slice(0, 60))])),
  ]);
