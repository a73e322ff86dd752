import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessName } from './state-file.ts';

/** One of the platform’s own Node.js processes. */
export interface ChildDefinition {
  readonly name: Exclude<ProcessName, 'postgres'>;
  /** Its program, within the version’s folder. */
  readonly main: string;
  /** How long it may take to end before it is forced. */
  readonly patienceMs: number;
  readonly environment: Readonly<Record<string, string>>;
  ready(pid: number): Promise<boolean>;
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    response => response.ok,
    () => false,
  );

/** The processes over one data folder and port. Only the server learns where the database is. */
export const childDefinitions = (
  data: string,
  port: number,
  databaseUrl: string,
): readonly ChildDefinition[] => {
  const common = { CAUSEWAY_DATA: data, CAUSEWAY_PORT: String(port) };
  return [
    {
      name: 'server',
      main: 'packages/server/main.ts',
      patienceMs: 8000,
      environment: { ...common, CAUSEWAY_DATABASE_URL: databaseUrl },
      ready: () => answers(`http://127.0.0.1:${port}/readyz`),
    },
    {
      name: 'gateway',
      main: 'packages/gateway/main.ts',
      patienceMs: 12_000,
      environment: common,
      ready: () => answers(`http://127.0.0.1:${port + 11}/readyz`),
    },
    {
      name: 'agent',
      main: 'packages/agent/main.ts',
      patienceMs: 35_000,
      environment: common,
      ready: async pid =>
        (await readFile(join(data, 'run', 'agent.ready'), 'utf8').catch(() => '')).trim() === String(pid),
    },
  ];
};

/** Heaps small enough that everything at rest stays small; they may still grow under load. */
const nodeOptions: Readonly<Record<ChildDefinition['name'], readonly string[]>> = {
  server: ['--max-semi-space-size=4'],
  gateway: ['--max-semi-space-size=4'],
  agent: ['--max-semi-space-size=2'],
};

export const commandLine = (version: string, { name, main }: ChildDefinition): readonly string[] => [
  '--disable-warning=ExperimentalWarning',
  ...nodeOptions[name],
  join(version, main),
];

/** A process’s whole environment: what programs need to work, and nothing of the person’s who ran `up`. */
export const baseEnvironment = (data: string): Record<string, string> => {
  const passed = [
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'USER',
    'LOGNAME',
    'npm_config_registry',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'GOPROXY',
    'GOFLAGS',
    'GONOSUMDB',
    'GONOSUMCHECK',
    'GOSUMDB',
    'PIP_INDEX_URL',
    'UV_INDEX_URL',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'REQUESTS_CA_BUNDLE',
    'PIP_CERT',
  ];
  const environment: Record<string, string> = { NODE_COMPILE_CACHE: join(data, 'run', 'compile-cache') };
  for (const name of passed) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
};
