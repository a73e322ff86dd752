import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { customResourceDefinition } from '../../packages/api/index.ts';
import { RouteKind } from '../../packages/model/index.ts';
import { startKubernetes } from '../../packages/testkit/index.ts';
import { namespace, type PeerServer } from './peer-server.ts';

/** kube-apiserver and etcd with fsync, serving the kind from the CustomResourceDefinition made of it. */
export const startKubernetesServer = async (): Promise<PeerServer> => {
  const cluster = await startKubernetes({ durable: true });
  const send = (method: string, path: string, body?: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = https.request(cluster.url + path, {
        method,
        ca: cluster.ca,
        headers: { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' },
      });
      request.once('error', reject);
      request.once('response', response => {
        let text = '';
        response.setEncoding('utf8').on('data', piece => {
          text += piece;
        });
        response.once('end', () =>
          (response.statusCode ?? 500) < 300
            ? resolve(text)
            : reject(new Error(`${method} ${path}: ${text}`)),
        );
      });
      request.end(body && JSON.stringify(body));
    });
  await send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await send(
    'POST',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    customResourceDefinition(RouteKind),
  );
  return {
    name: 'kube-apiserver',
    url: cluster.url,
    token: cluster.token,
    ca: cluster.ca,
    processes: async () =>
      new Map([
        ['apiserver', [cluster.pids.apiserver]],
        ['etcd', [cluster.pids.etcd]],
      ]),
    restart: cluster.restartApiserver,
    async describe() {
      const { gitVersion } = JSON.parse(await send('GET', '/version')) as { gitVersion: string };
      const { etcdserver } = (await (await fetch(`${cluster.etcdUrl}/version`)).json()) as {
        etcdserver: string;
      };
      const command = await readFile(`/proc/${cluster.pids.etcd}/cmdline`, 'utf8');
      const fsync = command.includes('--unsafe-no-fsync') ? 'OFF' : 'on';
      return `kube-apiserver ${gitVersion}, etcd ${etcdserver} with fsync ${fsync}`;
    },
    stop: cluster.stop,
  };
};
