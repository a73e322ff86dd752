import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ForwardedRequest, forwardedRequest, type RequestContext } from './request-headers.ts';

const context: RequestContext = {
  authority: 'shop.localhost:7080',
  remoteAddress: '10.1.2.3',
  trustForwarded: false,
};
const forward = (raw: string[], changes: Partial<RequestContext> = {}): ForwardedRequest => {
  const forwarded = forwardedRequest(['Host', 'shop.localhost:7080', ...raw], { ...context, ...changes });
  assert.ok(typeof forwarded !== 'string', forwarded as string);
  return forwarded;
};
const valuesOf = (headers: readonly string[], name: string): string[] =>
  headers.filter((_, index) => index % 2 === 1 && headers[index - 1]!.toLowerCase() === name);

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const dropped: [string, string[], string][] = [
  ['Connection', ['Connection', 'close'], 'connection'],
  ['a header that Connection names', ['Connection', 'X-Secret, keep-alive', 'X-Secret', '1'], 'x-secret'],
  ['names in several Connection headers', ['Connection', 'A', 'connection', ' B ', 'B', '1'], 'b'],
  ['Keep-Alive', ['Keep-Alive', 'timeout=5'], 'keep-alive'],
  ['Proxy-Connection', ['Proxy-Connection', 'keep-alive'], 'proxy-connection'],
  ['Proxy-Authorization', ['Proxy-Authorization', 'Basic eA=='], 'proxy-authorization'],
  ['TE', ['TE', 'trailers'], 'te'],
  ['Trailer', ['Trailer', 'X-Checksum'], 'trailer'],
  ['Transfer-Encoding', ['Transfer-Encoding', 'chunked'], 'transfer-encoding'],
  ['Upgrade', ['Upgrade', 'h2c', 'HTTP2-Settings', 'AAMA'], 'upgrade'],
  ['HTTP2-Settings', ['HTTP2-Settings', 'AAMA'], 'http2-settings'],
  ['Expect', ['Expect', '100-continue'], 'expect'],
  ['Proxy (httpoxy)', ['Proxy', 'http://evil'], 'proxy'],
  ['Forwarded', ['Forwarded', 'for=1.2.3.4'], 'forwarded'],
  ['X-Real-IP', ['X-Real-IP', '1.2.3.4'], 'x-real-ip'],
  ['X-Forwarded-Port', ['X-Forwarded-Port', '1'], 'x-forwarded-port'],
  ['X_Forwarded_For', ['X_Forwarded_For', '1.2.3.4'], 'x_forwarded_for'],
  ['X-Forwarded_Proto', ['X-Forwarded_Proto', 'https'], 'x-forwarded_proto'],
  ['Transfer_Encoding', ['Transfer_Encoding', 'chunked'], 'transfer_encoding'],
];
for (const [what, raw, name] of dropped)
  test(`not passed on: ${what}`, () => assert.deepEqual(valuesOf(forward(raw).headers, name), []));

test('passed on as they are: other headers, duplicates, order, case, cookies, authorization', () => {
  const raw = [
    'Accept',
    'a',
    'X-Twice',
    '1',
    'Authorization',
    'Bearer t',
    'x-twice',
    '2',
    'Cookie',
    'a=1',
    'my_own',
    '1',
  ];
  const { headers } = forward(raw);
  assert.deepEqual(headers.slice(2, 2 + raw.length), raw);
});

test('Connection cannot remove Host and the length of the body', () => {
  const { headers } = forward(['Connection', 'host, content-length', 'Content-Length', '3']);
  assert.deepEqual(valuesOf(headers, 'host'), ['shop.localhost:7080']);
  assert.deepEqual(valuesOf(headers, 'content-length'), ['3']);
});

test('who the client is comes from its connection, whatever it says', () => {
  const lies = ['X-Forwarded-For', '1.1.1.1', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil'];
  const { headers } = forward(lies);
  assert.deepEqual(valuesOf(headers, 'x-forwarded-for'), ['10.1.2.3']);
  assert.deepEqual(valuesOf(headers, 'x-forwarded-proto'), ['http']);
  assert.deepEqual(valuesOf(headers, 'x-forwarded-host'), ['shop.localhost:7080']);
});

test('behind a trusted proxy its chain is continued', () => {
  const raw = [
    'X-Forwarded-For',
    '1.1.1.1',
    'X-Forwarded-For',
    '2.2.2.2',
    'X-Forwarded-Proto',
    'https',
    'X-Real-IP',
    '1.1.1.1',
  ];
  const { headers } = forward(raw, { trustForwarded: true });
  assert.deepEqual(valuesOf(headers, 'x-forwarded-for'), ['1.1.1.1, 2.2.2.2, 10.1.2.3']);
  assert.deepEqual(valuesOf(headers, 'x-forwarded-proto'), ['https']);
  assert.deepEqual(valuesOf(headers, 'x-forwarded-host'), ['shop.localhost:7080']);
  assert.deepEqual(valuesOf(headers, 'x-real-ip'), ['1.1.1.1']);
});

test('a valid trace goes on with its state', () => {
  const { headers, traceId } = forward(['traceparent', parent, 'tracestate', 'a=1', 'tracestate', 'b=2']);
  assert.deepEqual(valuesOf(headers, 'traceparent'), [parent]);
  assert.deepEqual(valuesOf(headers, 'tracestate'), ['a=1,b=2']);
  assert.equal(traceId, '0af7651916cd43dd8448eb211c80319c');
});

const badTraces: [string, string[]][] = [
  ['missing', []],
  ['nonsense', ['traceparent', 'x']],
  ['upper case', ['traceparent', parent.toUpperCase()]],
  ['all-zero trace id', ['traceparent', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]],
  ['all-zero parent id', ['traceparent', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`]],
  ['version ff', ['traceparent', parent.replace('00-', 'ff-')]],
  ['more after version 00', ['traceparent', `${parent}-x`]],
  ['two of them', ['traceparent', parent, 'traceparent', parent]],
];
for (const [what, raw] of badTraces)
  test(`a new trace begins when traceparent is ${what}`, () => {
    const { headers, traceId } = forward([...raw, 'tracestate', 'a=1']);
    const [value, ...more] = valuesOf(headers, 'traceparent');
    assert.match(value!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.notEqual(value, parent);
    assert.deepEqual(more, []);
    assert.equal(traceId, value!.slice(3, 35));
    assert.deepEqual(valuesOf(headers, 'tracestate'), []);
  });

test('a later version of traceparent may have more', () => {
  const later = `${parent.replace('00-', '01-')}-x`;
  assert.deepEqual(valuesOf(forward(['traceparent', later]).headers, 'traceparent'), [later]);
});

test('a request id is passed on when it is harmless, else made', () => {
  assert.equal(forward(['X-Request-Id', 'abc-123_X']).requestId, 'abc-123_X');
  for (const bad of ['', 'a b', 'x'.repeat(129), 'a"b', '<script>', 'a\tb']) {
    const { requestId, headers } = forward(['X-Request-Id', bad]);
    assert.match(requestId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(valuesOf(headers, 'x-request-id'), [requestId]);
  }
});

test('Via names this hop after the earlier ones (RFC 9110 §7.6.3)', () => {
  assert.deepEqual(valuesOf(forward(['Via', '1.0 a', 'via', '1.1 b']).headers, 'via'), [
    '1.0 a, 1.1 b, 1.1 causeway',
  ]);
});

test('refused: a second Host, other or repeated transfer codings, even when Connection names them', () => {
  for (const raw of [
    ['Host', 'shop.localhost', 'Host', 'shop.localhost'],
    ['Host', 'shop.localhost', 'Transfer-Encoding', 'gzip, chunked'],
    ['Host', 'shop.localhost', 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'],
    ['Host', 'shop.localhost', 'Connection', 'transfer-encoding', 'Transfer-Encoding', 'gzip'],
  ])
    assert.equal(typeof forwardedRequest(raw, context), 'string', raw.join());
});
