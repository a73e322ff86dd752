import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toPlatformError } from '@causeway/model';
import { Gateway } from './gateway.ts';
import { handOver } from './hand-over/hand-over.ts';
import { writePidFile } from './hand-over/pid-file.ts';
import { SharedSource } from './hand-over/shared-source.ts';
import { takeOver, takesOver } from './hand-over/take-over.ts';
import type { DrainOptions } from './proxy/proxy-server.ts';
import { readSettings } from './settings.ts';
import { ClientRouteSource } from './source/client-route-source.ts';
import { createUnforeseen } from './unforeseen.ts';

/** A person waits for `down`, nobody for the old process of a hand-over: its idle connections and tunnels get all the time. */
const drainAtEnd: DrainOptions = { patienceMs: 1_000, deadlineMs: 10_000 };
const drainAfterHandOver: DrainOptions = { patienceMs: 8_000, deadlineMs: 10_000 };
/** A machine under load takes its time to start a process; meanwhile this one serves. */
const handOverWithinMs = 60_000;
/** A new process waits so long for the server's state before it serves by what is on disk. */
const syncWithinMs = 3_000;
/** The same trouble with the server is told again after. */
const repeatAfterMs = 60_000;

// Whoever reads what this process says may end before it does.
process.stderr.on('error', () => {});

const report = (message: string): void => {
  process.stderr.write(`${new Date().toISOString()} gateway ${process.pid}: ${message}\n`);
};

/** Reports, but not the same again and again while a server is away. */
const reportServer = (() => {
  let last = '';
  let at = 0;
  return (message: string): void => {
    if (message === last && performance.now() - at < repeatAfterMs) return;
    last = message;
    at = performance.now();
    report(`The server: ${message}`);
  };
})();

let replace = (): void => {};
process.on(
  'uncaughtException',
  createUnforeseen({ report, replace: () => replace(), now: () => performance.now() }),
);

const run = async (): Promise<void> => {
  const settings = readSettings(process.env);
  const taking = takesOver(process.env);
  const client = new ClientRouteSource({
    server: settings.server,
    // Read each time: it may be written after this process starts, and be replaced.
    token: () => readFileSync(settings.tokenFile, 'utf8').trim(),
    name: 'local',
    onError: error => reportServer(error.message),
  });
  const source = new SharedSource(client, taking);
  const gateway = new Gateway({ ...settings, source, report });
  let ending = false;
  const end = async (drain: DrainOptions): Promise<void> => {
    if (ending) return;
    ending = true;
    await gateway.stop(drain);
    process.exit(0);
  };
  const makeWay = async (): Promise<void> => {
    const main = process.env.CAUSEWAY_GATEWAY_MAIN || fileURLToPath(import.meta.url);
    try {
      await handOver({ gateway, source, main, withinMs: handOverWithinMs });
    } catch (error) {
      report(`Not replaced, serving on: ${(error as Error).message}`);
      return;
    }
    report('Handed over; answering what is under way.');
    await end(drainAfterHandOver);
  };
  let handingOver = false;
  process.on('SIGTERM', () => void end(drainAtEnd));
  process.on('SIGINT', () => void end(drainAtEnd));
  replace = () => {
    if (ending || handingOver) return;
    handingOver = true;
    void makeWay().finally(() => {
      handingOver = false;
    });
  };
  process.on('SIGUSR2', () => replace());

  gateway.start();
  if (taking) {
    await Promise.race([gateway.router.synced, sleep(syncWithinMs, undefined, { ref: false })]);
    await takeOver(gateway, source);
  } else {
    const { host, port, metricsPort } = settings;
    await gateway.listen({ host, port });
    await gateway.listenForMetrics({ host: '127.0.0.1', port: metricsPort });
  }
  writePidFile(settings.pidFile, process.pid);
  report(`Serving on ${settings.host}:${settings.port}.`);
};

run().catch(error => {
  const { message, next } = toPlatformError(error);
  report(`${message} ${next}`);
  process.exit(1);
});
