import { mkdtempSync, rmSync } from 'node:fs';
import type { ListenOptions } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Route } from '@causeway/model';
import { Gateway, type GatewayOptions } from '../gateway.ts';
import { ManualSource } from './manual-source.ts';

export interface StartedGateway {
  readonly gateway: Gateway;
  readonly source: ManualSource;
  readonly port: number;
  readonly data: string;
  readonly reports: string[];
  readonly stop: () => Promise<void>;
}

/** A gateway in this process, on a free port, that ends with the test. */
export const startGateway = async (
  context: TestContext,
  routes: readonly Route[] | undefined,
  options: Partial<GatewayOptions> & { listening?: ListenOptions } = {},
): Promise<StartedGateway> => {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'causeway-gateway-'));
  const source = new ManualSource();
  const reports: string[] = [];
  const gateway = new Gateway({ data, source, report: message => reports.push(message), ...options });
  gateway.start();
  if (routes) source.receiver.replace(routes);
  const port = await gateway.listen(options.listening ?? { host: '127.0.0.1', port: 0 });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= gateway.stop({ patienceMs: 0, deadlineMs: 500 });
    return stopped;
  };
  context.after(async () => {
    await stop();
    if (!options.data) rmSync(data, { recursive: true, force: true });
  });
  return { gateway, source, port, data, reports, stop };
};
