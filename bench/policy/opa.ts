import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { Pool } from 'undici';
import { realOpa } from '../../packages/testkit/index.ts';
import { memoryOf } from '../figures.ts';
import { secondsOf } from '../peer/process-figures.ts';
import { moduleOf, packageOf } from './corpus.ts';
import { type Decider, ownSeconds } from './decider.ts';

const run = promisify(execFile);

const opa = (): string => {
  const { path, skip } = realOpa();
  if (skip) throw new Error(skip);
  return path;
};

export const opaVersion = async (): Promise<string> =>
  /^Version: (.*)$/m.exec((await run(opa(), ['version'])).stdout)?.[1] ?? 'unknown';

/** The policies as files, and a rule that asks them all. */
const writeModules = async (folder: string, count: number): Promise<void> => {
  await mkdir(folder);
  const names = Array.from({ length: count }, (_, n) => packageOf(n));
  await Promise.all(names.map((name, n) => writeFile(join(folder, `${name}.rego`), moduleOf(n))));
  const all = names.map(name => `\t"${name}": data.bench.${name}.deny,`).join('\n');
  await writeFile(join(folder, 'all.rego'), `package all\n\ndecisions := {\n${all}\n}\n`);
};

const inFolder = async <T>(
  count: number,
  work: (folder: string, modules: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-opa-'));
  try {
    await writeModules(join(folder, 'policies'), count);
    return await work(folder, join(folder, 'policies'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Decisions = Readonly<Record<string, readonly unknown[]>>;
const findingsIn = (decisions: Decisions): number =>
  Object.values(decisions).reduce((sum, { length }) => sum + length, 0);

export interface OpaServer {
  /** All policies in one request. */
  readonly all: Decider;
  /** One policy in one request: the first. */
  readonly single: Decider;
  /** MiB. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** An OPA server of one processor, asked by this process over connections that are kept: one for each request that waits. */
export const opaServer = (count: number): Promise<OpaServer> =>
  inFolder(count, async (_folder, modules) => {
    const port = await freePort();
    const child: ChildProcess = spawn(
      opa(),
      [
        'run',
        '--server',
        '--addr',
        `127.0.0.1:${port}`,
        '--log-level',
        'error',
        '--disable-telemetry',
        modules,
      ],
      { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: tmpdir(), GOMAXPROCS: '1' } },
    );
    const pid = child.pid ?? 0;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const client = new Pool(`http://127.0.0.1:${port}`, { pipelining: 1 });
    const ask = async (path: string, input: unknown): Promise<unknown> => {
      const { statusCode, body } = await client.request({
        method: 'POST',
        path: `/v1/data/${path}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input }),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`OPA answered ${statusCode}: ${text.slice(0, 300)}`);
      return (JSON.parse(text) as { result: unknown }).result;
    };
    const ready = async (): Promise<boolean> =>
      ask('all/decisions', {}).then(
        () => true,
        () => false,
      );
    const close = async (): Promise<void> => {
      await client.close();
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      process.removeListener('exit', kill);
    };
    const deadline = Date.now() + 60_000;
    while (!(await ready())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('the OPA server did not start');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const decider = (name: string, decisions: number, decide: Decider['decide']): Decider => ({
      name,
      decisions,
      decide,
      processorSeconds: () => secondsOf(pid),
      clientSeconds: ownSeconds,
      close: async () => {},
    });
    return {
      all: decider('OPA server, one request for all policies', count, async ({ object }) =>
        findingsIn((await ask('all/decisions', object)) as Decisions),
      ),
      single: decider(
        'OPA server, one request for each policy',
        1,
        async ({ object }) =>
          ((await ask(`bench/${packageOf(0)}/deny`, object)) as readonly unknown[]).length,
      ),
      memory: () => memoryOf(pid),
      close,
    };
  });

/** OPA’s own WebAssembly, in the thread that asks. */
export const opaWasm = (count: number): Promise<Decider> =>
  inFolder(count, async (folder, modules) => {
    const bundle = join(folder, 'bundle.tar.gz');
    await run('nice', [
      opa(),
      'build',
      '--target',
      'wasm',
      '--entrypoint',
      'all/decisions',
      '--output',
      bundle,
      modules,
    ]);
    await run('tar', ['-xzf', bundle, '-C', folder, '--transform', 's|^/||', '/policy.wasm']);
    const policy = await loadPolicy(await readFile(join(folder, 'policy.wasm')), {
      initial: 64,
      maximum: 16_384,
    });
    policy.setData({});
    return {
      name: 'OPA’s WebAssembly, in the thread that asks',
      decisions: count,
      async decide({ object }) {
        const [first] = policy.evaluate(object) as { result: Decisions }[];
        return findingsIn(first?.result ?? {});
      },
      processorSeconds: ownSeconds,
      clientSeconds: async () => 0,
      close: async () => {},
    };
  });
