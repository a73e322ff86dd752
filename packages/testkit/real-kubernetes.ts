import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { realKubernetes } from './real-tools.ts';

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

/** A port that was free a moment ago. Programs that cannot choose one themselves need it. */
const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const startWithinMs = 90_000;

interface Program {
  readonly name: string;
  readonly pid: number;
  /** Throws with the last lines of its log when it has ended. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

const startProgram = (name: string, file: string, parameters: readonly string[], folder: string): Program => {
  const log = path.join(folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child: ChildProcess = spawn(file, parameters, {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  });
  closeSync(output);
  let problem: Error | undefined;
  child.once('error', error => {
    problem = error;
  });
  // Without this process nobody would end it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    pid: child.pid ?? 0,
    async check() {
      if (problem) throw problem;
      if (child.exitCode === null && child.signalCode === null) return;
      const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-5);
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}\n${lines.join('\n')}`);
    },
    async stop() {
      process.removeListener('exit', kill);
      if (problem || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const until = async (condition: () => Promise<boolean>, programs: readonly Program[]): Promise<void> => {
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    for (const program of programs) await program.check();
    if (await condition()) return;
    if (Date.now() > deadline)
      throw new Error(`${programs.at(-1)?.name} was not ready within ${startWithinMs / 1000} s`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
};

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
    await until(
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
    await until(async () => {
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
        await until(async () => {
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
