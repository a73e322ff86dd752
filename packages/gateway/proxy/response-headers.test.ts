import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardedResponse, type ResponseFields } from './response-headers.ts';

const forward = (fields: ResponseFields, trailers = true) => forwardedResponse(fields, 'id-1', trailers);

const cases: [string, ResponseFields, string[]][] = [
  [
    'end-to-end headers pass',
    { 'content-type': 'text/html', etag: '"1"' },
    ['content-type', 'text/html', 'etag', '"1"'],
  ],
  ['lists stay lists', { 'set-cookie': ['a=1', 'b=2'] }, ['set-cookie', 'a=1', 'set-cookie', 'b=2']],
  [
    'hop-by-hop headers stop',
    { connection: 'close', 'keep-alive': 'timeout=5', upgrade: 'h2c', te: 'x' },
    [],
  ],
  [
    'what Connection names stops',
    { connection: 'close, X-Mine', 'x-mine': '1', 'x-other': '2' },
    ['x-other', '2'],
  ],
  ['Transfer-Encoding is ours', { 'transfer-encoding': 'chunked' }, []],
  ['Trailer goes with chunks', { 'transfer-encoding': 'chunked', trailer: 'x' }, ['trailer', 'x']],
  ['Trailer stops without chunks', { trailer: 'x' }, []],
  [
    'Content-Length comes last',
    { 'content-length': '3', 'content-disposition': 'attachment' },
    ['content-disposition', 'attachment', 'content-length', '3'],
  ],
];
for (const [what, fields, expected] of cases)
  test(what, () => {
    const headers = forward(fields)!.headers;
    const id = headers.indexOf('x-request-id');
    assert.deepEqual([...headers.slice(0, id), ...headers.slice(id + 2)], expected);
    assert.equal(headers[id + 1], 'id-1');
  });

test('a backend that answers with its own request id keeps it', () => {
  assert.deepEqual(forward({ 'x-request-id': 'mine' })!.headers, ['x-request-id', 'mine']);
});

test('a length cannot be taken away by Connection', () => {
  assert.equal(forward({ connection: 'content-length', 'content-length': '5' })!.contentLength, 5);
});

test('a transfer coding other than chunked cannot be passed on', () => {
  assert.equal(forward({ 'transfer-encoding': 'gzip, chunked' }), undefined);
});

test('trailers are not announced to a client that cannot get them', () => {
  assert.ok(!forward({ 'transfer-encoding': 'chunked', trailer: 'x' }, false)!.headers.includes('trailer'));
});

test('event streams are known by their type', () => {
  assert.equal(forward({ 'content-type': 'text/event-stream; charset=utf-8' })!.eventStream, true);
  assert.equal(forward({ 'content-type': 'text/plain' })!.eventStream, false);
});
