import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { realKubectl } from '@causeway/testkit';
import type { TestApi } from './test-api.ts';

export interface KubectlRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kubectl {
  /** Runs to the end, with what it is to read from standard input. */
  run(parameters: readonly string[], input?: string): Promise<KubectlRun>;
  /** As `run`; throws what it said when it failed. Returns its output. */
  ok(parameters: readonly string[], input?: string): Promise<string>;
  /** Runs until the output matches, then ends it. `meanwhile` begins when the first output is there. */
  until(parameters: readonly string[], matches: RegExp, meanwhile?: () => Promise<unknown>): Promise<string>;
  close(): Promise<void>;
}

/** A real kubectl that speaks HTTPS to a test API with a token, and trusts its authority only. */
export const createKubectl = async (
  api: TestApi,
  token: string,
  namespace = 'shop',
  environment: Readonly<Record<string, string>> = {},
): Promise<Kubectl> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-kubectl-'));
  const file = path.join(folder, 'kubeconfig');
  const authority = await readFile(path.join(api.keysFolder, 'ca.crt'));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${api.port}`,
          'certificate-authority-data': authority.toString('base64'),
        },
      },
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    'current-context': 'test',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });

  const start = (parameters: readonly string[]) =>
    spawn(realKubectl().path, parameters, {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        KUBECONFIG: file,
        KUBECACHEDIR: path.join(folder, 'cache'),
        ...environment,
      },
      stdio: 'pipe',
    });

  const run: Kubectl['run'] = (parameters, input = '') =>
    new Promise((resolve, reject) => {
      const child = start(parameters);
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', text => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', text => {
        stderr += text;
      });
      const timer = setTimeout(() => child.kill(), 60_000);
      child.once('error', reject);
      child.once('close', code => {
        clearTimeout(timer);
        resolve({ code, stdout, stderr });
      });
      child.stdin.end(input);
    });

  return {
    run,
    async ok(parameters, input) {
      const { code, stdout, stderr } = await run(parameters, input);
      if (code !== 0)
        throw new Error(`kubectl ${parameters.join(' ')} ended with ${code}\n${stdout}${stderr}`);
      return stdout;
    },
    until: (parameters, matches, meanwhile) =>
      new Promise((resolve, reject) => {
        const child = start(parameters);
        let output = '';
        let begun = false;
        const timer = setTimeout(() => {
          child.kill();
          reject(new Error(`kubectl ${parameters.join(' ')} did not show ${matches} but\n${output}`));
        }, 30_000);
        const onText = (text: string) => {
          output += text;
          if (!begun) meanwhile?.().catch(reject);
          begun = true;
          if (!matches.test(output)) return;
          clearTimeout(timer);
          child.kill();
          resolve(output);
        };
        child.stdout.setEncoding('utf8').on('data', onText);
        child.stderr.setEncoding('utf8').on('data', onText);
        child.once('error', reject);
      }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
