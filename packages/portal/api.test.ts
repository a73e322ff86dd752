import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, PlatformError } from '@causeway/model';
import { type Api, address, Failure, failureOf, mayChange } from './static/api.js';
import { applyEvent } from './static/follow.js';
import { backoff, pause } from './static/keep-at-it.js';
import { lines } from './static/lines.js';

const collect = async (chunks: readonly string[]): Promise<string[]> => {
  const encoder = new TextEncoder();
  const all: string[] = [];
  for await (const line of lines(ReadableStream.from(chunks.map(chunk => encoder.encode(chunk)))))
    all.push(line);
  return all;
};

test('lines come complete, however the bytes were cut', async () => {
  assert.deepEqual(await collect(['a\nb', 'c\n', '\nd']), ['a', 'bc', '', 'd']);
  assert.deepEqual(await collect([]), []);
  const euro = new TextEncoder().encode('1 €\n');
  const cut = ReadableStream.from([euro.slice(0, 3), euro.slice(3)]);
  const all: string[] = [];
  for await (const line of lines(cut)) all.push(line);
  assert.deepEqual(all, ['1 €']);
});

test('a Status says what failed, with evidence and next', () => {
  const { code, next } = new PlatformError('ReleaseNotFound' satisfies ErrorCode, '');
  const failure = failureOf(
    404,
    JSON.stringify({
      kind: 'Status',
      message: `a keeps no release 'a.9'. ${next}`,
      reason: 'NotFound',
      details: {
        causes: [
          { reason: 'Code', message: code },
          { reason: 'Evidence', message: 'Kept: a.1.' },
          { reason: 'Next', message: next },
        ],
      },
    }),
  );
  assert.equal(failure.code, 'ReleaseNotFound');
  assert.equal(failure.message, "a keeps no release 'a.9'.");
  assert.deepEqual(failure.evidence, ['Kept: a.1.']);
  assert.equal(failure.next, next);
  assert.equal(failure.status, 404);
});

test('problem details and foreign pages are failures in words, too', () => {
  const problem = failureOf(
    403,
    JSON.stringify({ title: 'Forbidden', detail: 'not here', code: 'Forbidden', evidence: ['e'], next: 'n' }),
  );
  assert.deepEqual(
    [problem.code, problem.message, problem.evidence, problem.next],
    ['Forbidden', 'not here', ['e'], 'n'],
  );
  const page = failureOf(502, '<html>Bad gateway</html>');
  assert.deepEqual([page.code, page.message], ['HTTP 502', 'The platform answered 502.']);
  assert.equal(failureOf(500, 'null').message, 'The platform answered 500.');
});

test('addresses are those of the resource model', () => {
  assert.equal(address('services'), '/apis/causeway.dev/v1/services');
  assert.equal(
    address('services', { team: 'a', name: 'b' }),
    '/apis/causeway.dev/v1/namespaces/a/services/b',
  );
  assert.equal(
    address('builds', { team: 'a', service: 'b' }),
    '/apis/causeway.dev/v1/namespaces/a/builds?fieldSelector=spec.service%3Db',
  );
  assert.equal(address('services', { team: '../x' }), '/apis/causeway.dev/v1/namespaces/..%2Fx/services');
});

test('events of a watch change what is known; one that ends it is not applied', () => {
  const object = (resourceVersion: string) => ({ metadata: { uid: 'u', name: 'n', resourceVersion } });
  const objects = new Map([['u', object('1')]]);
  assert.equal(applyEvent(objects, { type: 'MODIFIED', object: object('2') }), true);
  assert.equal(objects.get('u')?.metadata.resourceVersion, '2');
  assert.equal(applyEvent(objects, { type: 'BOOKMARK', object: object('3') }), true);
  assert.equal(objects.get('u')?.metadata.resourceVersion, '2');
  assert.equal(applyEvent(objects, { type: 'ERROR', object: object('4') }), false);
  assert.equal(applyEvent(objects, { type: 'DELETED', object: object('5') }), true);
  assert.equal(objects.size, 0);
});

test('pauses grow to eight seconds, and end at once when they are no longer needed', async () => {
  assert.deepEqual(
    [0, 1, 5, 50].map(failures => backoff(failures, () => 0)),
    [250, 500, 8000, 8000],
  );
  assert.equal(
    backoff(0, () => 1),
    125,
  );
  const ended = new AbortController();
  const waiting = pause(60_000, ended.signal);
  ended.abort();
  await waiting;
  await pause(60_000, ended.signal);
});

test('what is wrong with a field is told with its place', () => {
  const causes = [
    { reason: 'FieldValueNotSupported', field: 'spec.region', message: 'It is not offered.' },
    { reason: 'Code', message: 'Invalid' },
    { reason: 'Next', message: 'Name another.' },
  ];
  const failure = failureOf(422, JSON.stringify({ message: 'no', details: { causes } }));
  assert.deepEqual(failure.fields, [{ field: 'spec.region', message: 'It is not offered.' }]);
  assert.equal(failure.next, 'Name another.');
});

test('who may not change a team’s things is known; when it cannot be asked, the platform judges', async () => {
  const asked: unknown[] = [];
  const api = (answer: () => object): Api => ({
    json: async (path, asking) => {
      asked.push([path, asking?.body]);
      return answer();
    },
    text: async () => '',
    async *lines() {},
  });
  const { signal } = new AbortController();
  const may = (answer: () => object) => mayChange(api(answer), 'payments', 'environments', signal);
  assert.equal(await may(() => ({ status: { allowed: false } })), false);
  assert.equal(await may(() => ({ status: { allowed: true } })), true);
  assert.equal(
    await may(() => {
      throw new Failure({ code: 'Unavailable', message: 'x' });
    }),
    true,
  );
  const attributes = {
    group: 'causeway.dev',
    resource: 'environments',
    namespace: 'payments',
    verb: 'update',
  };
  assert.deepEqual(asked[0], [
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    },
  ]);
});
