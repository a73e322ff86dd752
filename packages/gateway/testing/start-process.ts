import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Route } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { send } from './send.ts';

export const gatewayMain = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly data: string;
  readonly port: number;
  readonly metricsPort: number;
  /** The process that is the gateway now, by its pid file. */
  readonly pid: () => number;
  /** All that it and its successors wrote to stderr. */
  readonly errors: () => string;
}

const canListen = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** An N of which N+10 and N+11 are free. */
const freeBase = async (): Promise<number> => {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await canListen(base + 10)) && (await canListen(base + 11))) return base;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The gateway as the supervisor starts it. `server` is a port; nobody listens there when it is left out. */
export const startProcess = async (
  context: TestContext,
  options: { routes?: readonly Route[]; server?: number; environment?: Record<string, string> },
): Promise<GatewayProcess> => {
  const data = mkdtempSync(join(tmpdir(), 'causeway-gateway-'));
  mkdirSync(join(data, 'credentials'));
  writeFileSync(join(data, 'credentials', 'gateway.token'), 'secret\n', { mode: 0o600 });
  if (options.routes) {
    mkdirSync(join(data, 'gateway'));
    writeFileSync(
      join(data, 'gateway', 'routes.json'),
      JSON.stringify({ format: 1, routes: options.routes }),
    );
  }
  const base = await freeBase();
  const child = spawn(process.execPath, [gatewayMain], {
    env: {
      ...process.env,
      CAUSEWAY_DATA: data,
      CAUSEWAY_PORT: String(base),
      ...(options.server ? { CAUSEWAY_SERVER: `http://127.0.0.1:${options.server}` } : {}),
      ...options.environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr!.on('data', chunk => {
    errors += chunk;
  });
  const pids = new Set([child.pid!]);
  const pid = (): number => {
    const current = Number(readFileSync(join(data, 'run', 'gateway.pid'), 'utf8'));
    pids.add(current);
    return current;
  };
  context.after(() => {
    try {
      pid();
    } catch {
      // It never got so far.
    }
    for (const one of pids) if (isAlive(one)) process.kill(one, 'SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  const metricsPort = base + 11;
  await until('the gateway listens', () => errors.includes('Serving on')).catch(error => {
    throw new Error(`${error.message}\n${errors}`);
  });
  await send(metricsPort, { path: '/healthz' });
  return { child, data, port: base + 10, metricsPort, pid, errors: () => errors };
};
