import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from '../processes/identity.ts';
import { send, stopProcess } from '../processes/stop-process.ts';
import { graceMs } from '../shutdown/grace.ts';

/** A little longer than the gateway allows itself. */
const WITHIN_MS = 65_000;

/**
 * Has the gateway start its successor, DATA/versions/current, and give it the open sockets: no request is lost. If that
 * does not come about it is ended, so that it is started anew.
 */
export const handOverGateway = async (
  running: ProcessIdentity,
  present: () => Promise<number | undefined>,
): Promise<void> => {
  send(running, 'SIGUSR2');
  const deadline = performance.now() + WITHIN_MS;
  while (isAlive(running) && performance.now() < deadline) {
    const pid = await present();
    if (pid !== undefined && pid !== running.pid) return;
    await sleep(20);
  }
  await stopProcess(running, graceMs.gateway);
};
