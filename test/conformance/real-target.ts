import { customResourceDefinition } from '@causeway/api';
import { type KindDefinition, kindId } from '@causeway/model';
import { startKubernetes, until } from '@causeway/testkit';
import { ask } from './ask.ts';
import type { Target } from './target.ts';

const json = { 'content-type': 'application/json' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kube-apiserver on etcd that serves the kinds from CustomResourceDefinitions, and collects garbage. */
export const startRealTarget = async (kinds: readonly KindDefinition[]): Promise<Target> => {
  const cluster = await startKubernetes();
  const send = async (method: string, path: string, body?: object) => {
    const answer = await ask(target, { method, path, headers: json, body: body && JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
  const served = async (path: string): Promise<void> => {
    await until(
      `${path} to be served`,
      async () => (await ask(target, { method: 'GET', path, headers: {}, body: undefined })).status === 200,
    );
  };
  const etcd = async (call: string, body: object): Promise<{ header: { revision: string } }> => {
    const answer = await fetch(`${cluster.etcdUrl}/v3/${call}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd ${call}: ${await answer.text()}`);
    return (await answer.json()) as { header: { revision: string } };
  };
  const target: Target = {
    url: cluster.url,
    token: cluster.token,
    ca: cluster.ca,
    createNamespace: name => send('POST', '/api/v1/namespaces', { metadata: { name } }),
    // As the kube-apiserver does every five minutes: the key tells all of them how far.
    async compact() {
      const { header } = await etcd('kv/range', { key: base64('/') });
      await etcd('kv/put', { key: base64('compact_rev_key'), value: base64(header.revision) });
      await etcd('kv/compaction', { revision: header.revision });
    },
    close: cluster.stop,
  };
  try {
    for (const kind of kinds)
      await send(
        'POST',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        customResourceDefinition(kind),
      );
    for (const kind of kinds) await served(`/apis/${kind.group}/${kind.version}/${kind.plural}`);
    for (const kind of kinds) await served(`/openapi/v3/apis/${kind.group}/${kind.version}`);
    await cluster.startControllers();
    return target;
  } catch (error) {
    await cluster.stop();
    throw new Error(`the kinds ${kinds.map(kindId).join(', ')} cannot be served`, { cause: error });
  }
};
