import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { Gateway } from '../gateway.ts';
import { handOverVariable, type NewSays, type OldSays } from './messages.ts';
import type { SharedSource } from './shared-source.ts';

export interface HandOverOptions {
  readonly gateway: Gateway;
  readonly source: SharedSource;
  /** The program of the new process. */
  readonly main: string;
  /** The new process must be serving within. Milliseconds. */
  readonly withinMs: number;
}

/** Resolves when the child says so; rejects when it ends or the signal aborts first. */
const said = (child: ChildProcess, type: NewSays['type'], signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const listen = (message: NewSays): void => {
      if (message.type === type) finish();
    };
    const failed = (): void => finish(new Error(`the new process did not get to "${type}"`));
    const finish = (error?: Error): void => {
      child.off('message', listen).off('exit', failed);
      signal.removeEventListener('abort', failed);
      if (error) reject(error);
      else resolve();
    };
    child.on('message', listen).on('exit', failed);
    signal.addEventListener('abort', failed);
  });

/** Starts the new process and gives it the listening sockets. It rejects with everything as it was before. */
export const handOver = async ({ gateway, source, main, withinMs }: HandOverOptions): Promise<void> => {
  gateway.save();
  const child = fork(main, [], {
    detached: true,
    env: { ...process.env, [handOverVariable]: '1' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const tell = (message: OldSays, server?: NetServer): void => {
    // A successor that has ended needs to be told nothing: its exit is noticed.
    if (child.connected) child.send(message, server, {}, () => {});
  };
  child.on('error', () => {});
  const signal = AbortSignal.timeout(withinMs);
  try {
    await said(child, 'ready', signal);
    const acknowledgements = source.handTo({
      acknowledge: (key, acknowledgement) => tell({ type: 'acknowledge', key, acknowledgement }),
      firstRequest: (key, release, at) => tell({ type: 'firstRequest', key, release, at }),
      waiting: (key, since) => tell({ type: 'waiting', key, since }),
      used: (key, at) => tell({ type: 'used', key, at }),
    });
    for (const [address, server] of gateway.proxy.addresses.hand())
      tell({ type: 'address', address }, server);
    tell({ type: 'traffic', acknowledgements }, gateway.proxy.http);
    tell({ type: 'metrics' }, gateway.metrics);
    await said(child, 'serving', signal);
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
    source.takeBack();
    gateway.proxy.addresses.start(gateway.proxy.http.address() as AddressInfo);
    throw error;
  }
  child.unref();
};
