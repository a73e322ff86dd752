import { PlatformError } from '@causeway/model';
import { type Message, readInner, readMessage, readText } from './protobuf.ts';

/** The media type that kubectl sends its own questions in. */
export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

const magic = Buffer.from('k8s\0', 'latin1');

const named = (
  message: Message | undefined,
  names: readonly string[],
): Record<string, string> | undefined => {
  if (!message) return undefined;
  return Object.fromEntries(
    names.map((name, index) => [name, readText(message, index + 1)]).filter(([, text]) => text !== ''),
  );
};

/** Field numbers of k8s.io/api authorization/v1 and authentication/v1, generated.proto; names stand in their order. */
const specs: Readonly<Record<string, (spec: Message | undefined) => unknown>> = {
  SelfSubjectReview: () => undefined,
  SelfSubjectRulesReview: spec => named(spec, ['namespace']),
  SelfSubjectAccessReview: spec => ({
    resourceAttributes: named(spec && readInner(spec, 1), [
      'namespace',
      'verb',
      'group',
      'version',
      'resource',
      'subresource',
      'name',
    ]),
    nonResourceAttributes: named(spec && readInner(spec, 2), ['path', 'verb']),
  }),
};

/**
 * A review in Kubernetes' protobuf envelope (`k8s\0` and runtime.Unknown) as the object its JSON would be.
 * kubectl's `auth can-i` and `auth whoami` send it and have nothing else to fall back to. Throws only `BadRequest`.
 */
export const decodeReview = (body: Buffer): { apiVersion: string; kind: string; spec?: unknown } => {
  if (!body.subarray(0, 4).equals(magic))
    throw new PlatformError('BadRequest', 'the body does not start with the Kubernetes protobuf mark', {
      next: 'Send application/json.',
    });
  const envelope = readMessage(body.subarray(4));
  const type = readInner(envelope, 1);
  const kind = type ? readText(type, 2) : '';
  const spec = Object.hasOwn(specs, kind) ? specs[kind] : undefined;
  if (!type || !spec)
    throw new PlatformError(
      'BadRequest',
      `a protobuf ${JSON.stringify(kind.slice(0, 80))} cannot be read here`,
      { next: 'Send application/json.' },
    );
  const object = readMessage(envelope.get(2) ?? Buffer.alloc(0));
  return {
    apiVersion: readText(type, 1),
    kind,
    spec: kind === 'SelfSubjectReview' ? undefined : spec(readInner(object, 2)),
  };
};
