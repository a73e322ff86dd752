import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { realKubernetes } from './real-tools.ts';
import { freePort, type Program, startProgram, untilServing } from './started-program.ts';

/** A real kube-apiserver on a real etcd, with an administrator. */
export interface KubernetesCluster {
  /** Of the kube-apiserver: `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Of etcd, which serves JSON under /v3 without authentication on loopback. */
  readonly etcdUrl: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** The authority of the server's certificate, PEM. */
  readonly ca: string;
  readonly pids: { readonly apiserver: number; readonly etcd: number };
  /** Ends the kube-apiserver and starts it again on the same etcd and port; resolves as soon as it runs. */
  restartApiserver(): Promise<void>;
  /** Collects garbage and ends namespaces from now on, for the resources that are known at this moment. */
  startControllers(): Promise<void>;
  stop(): Promise<void>;
}

export interface KubernetesOptions {
  /** Whether etcd waits for the disk, as in production. */
  readonly durable?: boolean;
}

const answersOk = (url: string, token: string, ca: string): Promise<boolean> =>
  new Promise(resolve => {
    const request = https.get(url, { ca, headers: { authorization: `Bearer ${token}` } }, response => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', () => resolve(false));
  });

/**
 * Starts the programs that `toolchain/real-kubernetes/build` built, on free loopback ports and in a folder that goes with
 * them. Takes about eight seconds; they need 0.6 GB.
 */
export const startKubernetes = async ({
  durable = false,
}: KubernetesOptions = {}): Promise<KubernetesCluster> => {
  const { apiserver, controllerManager, etcd } = realKubernetes();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-kubernetes-'));
  const token = randomBytes(24).toString('hex');
  const programs: Program[] = [];
  const stop = async (): Promise<void> => {
    for (const program of programs.splice(0).toReversed()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [port, clientPort, peerPort] = await Promise.all([freePort(), freePort(), freePort()]);
    const url = `https://127.0.0.1:${port}`;
    const etcdUrl = `http://127.0.0.1:${clientPort}`;
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const file = (name: string): string => path.join(folder, name);
    await Promise.all([
      writeFile(file('service-account.key'), keys.privateKey, { mode: 0o600 }),
      writeFile(file('service-account.pub'), keys.publicKey),
      writeFile(file('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 }),
    ]);
    programs.push(
      startProgram(
        'etcd',
        etcd,
        [
          `--data-dir=${file('etcd')}`,
          `--listen-client-urls=${etcdUrl}`,
          `--advertise-client-urls=${etcdUrl}`,
          `--listen-peer-urls=${peerUrl}`,
          `--initial-advertise-peer-urls=${peerUrl}`,
          `--initial-cluster=default=${peerUrl}`,
          '--log-level=warn',
          ...(durable ? [] : ['--unsafe-no-fsync']),
        ],
        folder,
      ),
    );
    await untilServing(
      () =>
        fetch(`${etcdUrl}/health`).then(
          answer => answer.ok,
          () => false,
        ),
      programs,
    );
    const startApiserver = () =>
      startProgram(
        'kube-apiserver',
        apiserver,
        [
          `--etcd-servers=${etcdUrl}`,
          '--bind-address=127.0.0.1',
          `--secure-port=${port}`,
          `--cert-dir=${file('certificates')}`,
          `--token-auth-file=${file('tokens.csv')}`,
          '--authorization-mode=RBAC',
          '--service-cluster-ip-range=10.96.0.0/16',
          '--service-account-issuer=https://kubernetes.default.svc',
          `--service-account-key-file=${file('service-account.pub')}`,
          `--service-account-signing-key-file=${file('service-account.key')}`,
          // It keeps Endpoints of itself, for which it wants an address that is not loopback.
          '--endpoint-reconciler-type=none',
          '--v=0',
        ],
        folder,
      );
    programs.push(startApiserver());
    const certificate = file('certificates/apiserver.crt');
    const authority = () => readFile(certificate, 'utf8').catch(() => '');
    await untilServing(async () => {
      const ca = await authority();
      return ca.includes('END CERTIFICATE') && answersOk(`${url}/readyz`, token, ca);
    }, programs);
    return {
      url,
      etcdUrl,
      token,
      ca: await authority(),
      get pids() {
        const [store, server] = programs as [Program, Program];
        return { etcd: store.pid, apiserver: server.pid };
      },
      async restartApiserver() {
        await programs[1]?.stop();
        programs[1] = startApiserver();
      },
      async startControllers() {
        const kubeconfig = {
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'own', cluster: { server: url, 'certificate-authority': certificate } }],
          users: [{ name: 'own', user: { token } }],
          contexts: [{ name: 'own', context: { cluster: 'own', user: 'own' } }],
          'current-context': 'own',
        };
        await writeFile(file('kubeconfig'), JSON.stringify(kubeconfig), { mode: 0o600 });
        const healthPort = await freePort();
        programs.push(
          startProgram(
            'kube-controller-manager',
            controllerManager,
            [
              `--kubeconfig=${file('kubeconfig')}`,
              '--controllers=garbage-collector-controller,namespace-controller',
              '--leader-elect=false',
              '--bind-address=127.0.0.1',
              `--secure-port=${healthPort}`,
              `--cert-dir=${file('certificates')}`,
              '--v=0',
            ],
            folder,
          ),
        );
        await untilServing(async () => {
          const ca = await readFile(file('certificates/kube-controller-manager.crt'), 'utf8').catch(() => '');
          return (
            ca.includes('END CERTIFICATE') && answersOk(`https://127.0.0.1:${healthPort}/healthz`, token, ca)
          );
        }, programs);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
