import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EventKind, isPlatformError, type KindDefinition, kinds, ServiceKind } from '@causeway/model';
import { realKubectl } from '@causeway/testkit';
import { createKubectl } from '../../packages/api/testing/run-kubectl.ts';
import { createToken, server, startTestApi, type TestApi } from '../../packages/api/testing/test-api.ts';
import { naughtyStrings } from './naughty-strings.ts';
import { type Path, sampleFields, textPaths, valueAt, withText } from './sample-object.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const kubectl = realKubectl();

/** What was sent, or a refusal with words; nothing between. */
const intactOrRefused = async (
  text: string,
  write: () => Promise<unknown>,
  path: Path,
): Promise<'kept' | 'refused'> => {
  try {
    const found = valueAt(await write(), path);
    assert.equal(
      found,
      text,
      `${path.join('.')}: ${JSON.stringify(text)} came back as ${JSON.stringify(found)}`,
    );
    return 'kept';
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    assert.equal(error.code, 'Invalid', `${path.join('.')} = ${JSON.stringify(text)}: ${error.message}`);
    assert.ok(error.causes.length > 0 || error.message.includes('__proto__'), error.message);
    return 'refused';
  }
};

describe('the naughty strings people collect come back as they were sent, or are refused in words [INP3]', () => {
  let api: TestApi;
  let program: string;
  let kept = 0;
  before(async () => {
    api = await startTestApi();
    program = await createToken(api.store, 'system:server');
  });
  after(() => api.close());

  const metadata = (kind: KindDefinition, name: string) => ({
    name,
    ...(kind.scope === 'Namespaced' ? { namespace: 'shop' } : {}),
  });

  for (const kind of kinds)
    test(`each text field of ${kind.kind}`, async () => {
      const fields = sampleFields(kind);
      const { status, ...rest } = fields;
      const object = { ...rest, metadata: metadata(kind, 'sample') };
      await api.store.create(kind, object, server);
      const key = { namespace: kind.scope === 'Namespaced' ? 'shop' : '', name: 'sample' };
      const everywhere = (
        paths: readonly Path[],
        write: (path: Path, text: string) => Promise<unknown>,
        root: Path = [],
      ) =>
        Promise.all(
          paths.map(path =>
            Promise.all(
              naughtyStrings.map(text => intactOrRefused(text, () => write(path, text), [...root, ...path])),
            ),
          ),
        );
      const outcomes = await everywhere(textPaths(rest), (path, text) =>
        api.store.create(kind, { ...withText(rest, path, text), metadata: metadata(kind, 'other') }, server, {
          dryRun: true,
        }),
      );
      const inStatus = await everywhere(
        textPaths(status),
        (path, text) =>
          api.store.mutate(
            kind,
            key,
            current => ({ ...current, status: withText(status, path, text) }),
            server,
            { subresource: 'status', dryRun: true },
          ),
        ['status'],
      );
      kept += [...outcomes, ...inStatus].flat().filter(outcome => outcome === 'kept').length;
    });

  test('some are taken: the samples are understood', () => assert.ok(kept > 1000, `${kept} were kept`));

  test('stored and read over HTTP, alone and in lists, and again by a server that starts anew', async () => {
    await Promise.all(
      naughtyStrings.map(async (text, index) => {
        const { status, body } = await api.ask(program, 'POST', services, {
          metadata: { name: `n${index}`, annotations: { text } },
          spec: { description: text.slice(0, 1000), variables: [{ name: 'TEXT', value: text }] },
        });
        assert.equal(status, 201, `${JSON.stringify(text)}: ${JSON.stringify(body)}`);
      }),
    );
    const intact = (
      items: readonly {
        metadata: { name: string; annotations?: Record<string, string> };
        spec: { variables: { value: string }[] };
      }[],
    ) => {
      const found = new Map(items.map(one => [one.metadata.name, one]));
      for (const [index, text] of naughtyStrings.entries()) {
        const one = found.get(`n${index}`);
        assert.equal(one?.metadata.annotations?.text, text);
        assert.equal(one?.spec.variables[0]?.value, text);
      }
    };
    intact((await api.ask(program, 'GET', services)).body.items);
    for (const [index, text] of naughtyStrings.entries())
      if (index % 10 === 0)
        assert.equal(
          (await api.ask(program, 'GET', `${services}/n${index}`)).body.metadata.annotations.text,
          text,
        );
    const table = await api.ask(program, 'GET', services, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.equal(table.status, 200);
    const anew = await api.another();
    intact((await anew.store.list(ServiceKind)).items as never);
    await anew.close();
    assert.equal((await api.engine.verifyAudit()).brokenAt, undefined);
  });

  test('as names, labels, keys, selectors, parameters and path segments they are answered', async () => {
    const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
    const statuses = new Map<number, number>();
    const answered = async (method: string, path: string, body?: unknown) => {
      const answer = await api.ask(program, method, path, body);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      // A version that is still to come is waited for, and then there is none: 504, as Kubernetes says it.
      const future = answer.status === 504 && path.includes('resourceVersion=');
      assert.ok(answer.status < 500 || future, `${method} ${path} ${JSON.stringify(body)}: ${answer.status}`);
      if (answer.status >= 400) assert.ok(answer.body.message.length > 5, path);
      return answer;
    };
    const everywhere = async (text: string, index: number) => {
      await Promise.all([
        answered('POST', `${services}?dryRun=All`, { metadata: { name: text } }),
        answered('POST', `${services}?dryRun=All`, { metadata: { generateName: text } }),
        answered('POST', `${services}?dryRun=All`, { metadata: { name: 'a', labels: { text } } }),
        answered('POST', `${services}?dryRun=All`, {
          metadata: { name: 'a', labels: Object.fromEntries([[text, 'x']]) },
        }),
        answered('POST', `${services}?dryRun=All`, { metadata: { name: 'a', finalizers: [text] } }),
        answered('POST', `${services}?dryRun=All`, { metadata: { name: 'a', namespace: text } }),
        answered('POST', `${services}?dryRun=All&fieldValidation=Strict`, {
          metadata: { name: 'a' },
          spec: Object.fromEntries([[text, text]]),
        }),
        answered('POST', `${services}?dryRun=All`, { kind: text, apiVersion: text, metadata: { name: 'a' } }),
      ]);
      const segment = encoded(text);
      // The parsers behind these are fuzzed besides: some of the texts will do.
      if (index % 4 > 0 || segment === '' || segment.length > 2000) return;
      await Promise.all([
        answered('GET', `${services}?labelSelector=${segment}`),
        answered('GET', `${services}?fieldSelector=${segment}`),
        answered('GET', `${services}?fieldSelector=metadata.name%3D${segment}`),
        answered('GET', `${services}?continue=${segment}&limit=1`),
        answered('GET', `${services}?resourceVersion=${segment}&fieldValidation=${segment}&limit=${segment}`),
        answered('GET', `${services}/a${segment}`),
        answered('GET', `/apis/causeway.dev/v1/namespaces/a${segment}/services`),
        answered('GET', `/apis/a${segment}/v1/services`),
      ]);
    };
    for (let start = 0; start < naughtyStrings.length; start += 16)
      await Promise.all(naughtyStrings.slice(start, start + 16).map(everywhere));
    assert.ok((statuses.get(201) ?? 0) > 0 && (statuses.get(422) ?? 0) > 0 && (statuses.get(404) ?? 0) > 0);
    assert.deepEqual(
      api.logged.filter(line => !line.startsWith('slow request')),
      [],
    );
  });

  test('kubectl creates and reads them', { skip: kubectl.skip }, async () => {
    const client = await createKubectl(api, program);
    // Go replaces halves of surrogate pairs before they leave kubectl.
    const texts = naughtyStrings.filter(text => text.isWellFormed());
    try {
      const items = texts.map((text, index) => ({
        apiVersion: 'causeway.dev/v1',
        kind: 'Service',
        metadata: { name: `k${index}`, namespace: 'shop', annotations: { text }, labels: { by: 'kubectl' } },
        spec: { description: text.slice(0, 500).toWellFormed() },
      }));
      await client.ok(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      const { items: found } = JSON.parse(
        await client.ok(['get', 'services', '-l', 'by=kubectl', '-o', 'json']),
      );
      const byName = new Map(
        found.map((one: { metadata: { name: string; annotations: { text: string } } }) => [
          one.metadata.name,
          one.metadata.annotations.text,
        ]),
      );
      for (const [index, text] of texts.entries()) assert.equal(byName.get(`k${index}`), text);
      await Promise.all(
        texts.map((message, index) =>
          api.store.create(
            EventKind,
            {
              metadata: { name: `k${index}.1`, namespace: 'shop' },
              involvedObject: {
                apiVersion: 'causeway.dev/v1',
                kind: 'Service',
                name: 'k0',
                namespace: 'shop',
              },
              type: 'Normal',
              reason: 'Said',
              message,
              count: 1,
              firstTimestamp: '2026-01-01T00:00:00Z',
              lastTimestamp: '2026-01-01T00:00:00Z',
              source: { component: 'test' },
            } as never,
            server,
          ),
        ),
      );
      const events = JSON.parse(await client.ok(['get', 'events', '-o', 'json'])).items as {
        metadata: { name: string };
        message: string;
      }[];
      const messages = new Map(events.map(event => [event.metadata.name, event.message]));
      for (const [index, text] of texts.entries()) assert.equal(messages.get(`k${index}.1`), text);
      for (const output of [
        ['get', 'events'],
        ['get', 'services', '-o', 'wide'],
        ['get', 'service', 'k10', '-o', 'yaml'],
        ['describe', 'service', 'k10'],
      ])
        await client.ok(output);
    } finally {
      await client.close();
    }
  });
});
