import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { realKubectl } from '@causeway/testkit';
import type { Target } from './target.ts';

export interface KubectlRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  run(
    parameters: readonly string[],
    options: { namespace: string; input: string; environment: Readonly<Record<string, string>> },
  ): Promise<KubectlRun>;
  close(): Promise<void>;
}

/** Splits as a shell would: at spaces, but not within quotes. */
export const splitArguments = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  );

/** A real kubectl with a home of its own. */
export const createKubectl = async (target: Target): Promise<Kubectl> => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'causeway-conformance-'));
  const kubeconfig = path.join(home, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'test',
          cluster: {
            server: target.url,
            'certificate-authority-data': Buffer.from(target.ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'test', user: { token: target.token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    }),
    { mode: 0o600 },
  );
  return {
    run: (parameters, { namespace, input, environment }) =>
      new Promise((resolve, reject) => {
        const child = spawn(realKubectl().path, ['--namespace', namespace, ...parameters], {
          cwd: home,
          env: {
            PATH: process.env.PATH,
            HOME: home,
            KUBECONFIG: kubeconfig,
            KUBECTL_EXTERNAL_DIFF: 'diff -u -N --label=live --label=merged',
            ...environment,
          },
          stdio: 'pipe',
        });
        const timer = setTimeout(() => child.kill(), 60_000);
        let stdout = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', text => {
          stdout += text;
        });
        child.stderr.setEncoding('utf8').on('data', text => {
          stderr += text;
        });
        child.once('error', reject);
        child.once('close', code => {
          clearTimeout(timer);
          resolve({ code, stdout, stderr });
        });
        child.stdin.once('error', () => {});
        child.stdin.end(input);
      }),
    close: () => rm(home, { recursive: true, force: true }),
  };
};
