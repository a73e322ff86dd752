import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  apiVersionOf,
  type Fields,
  type KindDefinition,
  type KindObject,
  kinds,
  type NewObject,
} from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { mergePatch } from '../patch/merge-patch.ts';
import {
  configurationOf,
  kindOf,
  played,
  removalFrom,
  sequences,
  type Written,
} from '../testing/apply-steps.ts';
import { ShelfKind } from '../testing/shelf-kind.ts';
import { type Answer, createToken, server, startTestApi, type TestApi } from '../testing/test-api.ts';

const shelf: KindDefinition = ShelfKind as unknown as KindDefinition;

/** What the laws of `../apply/apply-laws.test.ts` are about, without what differs from object to object. */
const compared = ({ metadata, spec, status }: KindObject) => {
  const { labels, annotations = {}, finalizers, ownerReferences, managedFields = [] } = metadata;
  const { 'causeway.dev/created-by': _by, ...notes } = annotations;
  const managers = managedFields.map(({ time, ...entry }) => ({ ...entry, timed: time !== undefined }));
  const byName = (entry: Fields) => JSON.stringify([entry.manager, entry.operation, entry.subresource]);
  return JSON.parse(
    JSON.stringify({
      metadata: { labels, notes, finalizers, ownerReferences },
      spec,
      status,
      managers: managers.sort((a, b) => (byName(a) < byName(b) ? -1 : 1)),
    }),
  );
};

describe('writes of several managers over HTTP', () => {
  let api: TestApi;
  let token: string;
  let round = 0;
  before(async () => {
    api = await startTestApi({ kinds: [...kinds, shelf] });
    token = await createToken(api.store, 'system:server');
  });
  after(() => api.close());

  const send = async (
    kind: KindDefinition,
    { step, live: plain }: Written,
    name: string,
    live: KindObject | undefined,
  ): Promise<Answer | KindObject> => {
    const at = `/apis/${apiVersionOf(kind)}/namespaces/shop/${kind.plural}`;
    const there = `${at}/${name}${step.do.endsWith('status') ? '/status' : ''}`;
    const by = 'by' in step ? `?fieldManager=${step.by}` : '';
    const said = 'said' in step ? step.said : { metadata: {} };
    const whole = { ...said, metadata: { ...said.metadata, name, namespace: 'shop' } };
    const patch = (type: string, body: unknown, query = '') =>
      api.ask(token, 'PATCH', there + by + query, body, { 'content-type': `application/${type}` });
    if (step.do === 'apply' || step.do === 'apply status')
      return patch('apply-patch+yaml', configurationOf(kind, step, name), `&force=${step.force}`);
    if (step.do === 'untracked') {
      if (!live) return (await api.store.create(kind, whole as NewObject, server)) as KindObject;
      const changed = await api.store.mutate(
        kind,
        { namespace: 'shop', name },
        current => ({ ...current, metadata: mergePatch(current.metadata, said.metadata) }),
        server,
      );
      return changed as KindObject;
    }
    if (!live) return api.ask(token, 'POST', at + by, whole);
    const { managedFields, resourceVersion } = live.metadata;
    switch (step.do) {
      case 'replace': {
        const managers = step.withManagers ? { managedFields } : {};
        const metadata = { ...whole.metadata, resourceVersion, ...managers };
        return api.ask(token, 'PUT', there + by, { ...whole, metadata });
      }
      case 'merge':
        return patch('merge-patch+json', said);
      case 'merge status':
        return patch('merge-patch+json', { status: step.status });
      case 'remove':
        return patch('json-patch+json', removalFrom(plain as KindObject, step.which));
      default:
        return patch('merge-patch+json', { metadata: { managedFields: [{}] } });
    }
  };

  const reasonOf = ({ refused }: Written) => (refused?.code === 'ApplyConflict' ? 'Conflict' : refused?.code);
  const isAnswer = (given: Answer | KindObject): given is Answer => 'headers' in given && 'body' in given;

  test('are answered and stored as without it [APP1] [APP2] [APP3]', async () => {
    await holds(
      fc.asyncProperty(sequences({ anything: true, maxLength: 6 }), async sequence => {
        const kind = kindOf(sequence);
        const name = `it${round++}`;
        let live: KindObject | undefined;
        for (const one of played(sequence)) {
          const answer = await send(kind, one, name, live);
          const object: KindObject = isAnswer(answer) ? answer.body : answer;
          if (!one.next) {
            assert.equal(isAnswer(answer) && answer.body.reason, reasonOf(one));
            continue;
          }
          assert.ok(!isAnswer(answer) || answer.status < 300, JSON.stringify(object));
          assert.deepEqual(compared(object), compared(one.next));
          live = object;
        }
        const there = `/apis/${apiVersionOf(kind)}/namespaces/shop/${kind.plural}/${name}`;
        if (live) assert.deepEqual(compared((await api.ask(token, 'GET', there)).body), compared(live));
      }),
      100,
    );
  });
});
