import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { decodeReview } from './decode-review.ts';

const field = (number: number, value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value as string);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
};

const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])),
    field(2, raw),
    field(3, ''),
    field(4, ''),
  ]);

const attributes = Buffer.concat([
  field(1, 'shop'),
  field(2, 'create'),
  field(3, 'causeway.dev'),
  field(5, 'services'),
  field(6, 'status'),
  field(7, 'orders'),
]);
const accessReview = envelope(
  'authorization.k8s.io/v1',
  'SelfSubjectAccessReview',
  Buffer.concat([
    field(1, Buffer.concat([field(1, ''), Buffer.from([7 * 8, 0x96, 0x01])])),
    field(2, field(1, attributes)),
  ]),
);

test('the reviews that kubectl sends are read', () => {
  assert.deepEqual(decodeReview(accessReview), {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        namespace: 'shop',
        verb: 'create',
        group: 'causeway.dev',
        resource: 'services',
        subresource: 'status',
        name: 'orders',
      },
      nonResourceAttributes: undefined,
    },
  });
  assert.deepEqual(
    decodeReview(envelope('authorization.k8s.io/v1', 'SelfSubjectRulesReview', field(2, field(1, 'shop'))))
      .spec,
    { namespace: 'shop' },
  );
  const whoami = decodeReview(envelope('authentication.k8s.io/v1', 'SelfSubjectReview', Buffer.alloc(0)));
  assert.equal(whoami.kind, 'SelfSubjectReview');
});

test('any other bytes are a BadRequest, whatever they are', () => {
  const attempt = (bytes: Buffer): void => {
    try {
      decodeReview(bytes);
    } catch (error) {
      assert.ok(isPlatformError(error, 'BadRequest'), `${bytes.toString('hex')}: ${error}`);
    }
  };
  attempt(Buffer.alloc(0));
  attempt(Buffer.from('k8s\0'));
  attempt(envelope('v1', 'Pod', Buffer.alloc(0)));
  attempt(envelope('v1', 'constructor', Buffer.alloc(0)));
  attempt(envelope('v1', '__proto__', Buffer.alloc(0)));
  for (let length = 0; length < accessReview.length; length++) attempt(accessReview.subarray(0, length));

  // A fixed linear congruential generator: the same bytes in every run.
  let state = 20_260_101;
  const random = (below: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(accessReview);
    for (let changes = 1 + random(4); changes > 0; changes--)
      bytes[4 + random(bytes.length - 4)] = random(256);
    attempt(bytes);
    attempt(
      Buffer.concat([
        Buffer.from('k8s\0'),
        Buffer.from(Array.from({ length: random(40) }, () => random(256))),
      ]),
    );
  }
});
