import type { Server } from 'node:net';
import type { Gateway } from '../gateway.ts';
import { handOverVariable, type NewSays, type OldSays } from './messages.ts';
import type { SharedSource } from './shared-source.ts';

/** Whether this process was started by another gateway to take over from it. */
export const takesOver = (environment: NodeJS.ProcessEnv): boolean =>
  environment[handOverVariable] === '1' && process.send !== undefined;

const say = (message: NewSays): void => {
  process.send?.(message);
};

/**
 * Takes the listening sockets from the parent. Resolves when this process accepts on them; rejects when the parent
 * ends before it has given them. Until the parent has answered its last request it goes on reporting here.
 */
export const takeOver = (gateway: Gateway, source: SharedSource): Promise<void> =>
  new Promise((resolve, reject) => {
    let serving = false;
    process.on('message', (message: OldSays, handle: unknown) => {
      switch (message.type) {
        case 'address':
          gateway.proxy.addresses.adopt(message.address, handle as Server);
          break;
        case 'traffic':
          source.release(message.acknowledgements);
          gateway.listen(handle as Server).catch(reject);
          break;
        case 'metrics':
          gateway.listenForMetrics(handle as Server).then(() => {
            serving = true;
            say({ type: 'serving' });
            resolve();
          }, reject);
          break;
        case 'acknowledge':
          source.predecessorSays(message.key, message.acknowledgement);
          break;
        case 'firstRequest':
          source.firstRequest(message.key, message.release, message.at);
          break;
        case 'waiting':
          source.waiting(message.key, message.since);
          break;
        case 'used':
          source.used(message.key, message.at);
          break;
      }
    });
    process.on('disconnect', () => {
      source.predecessorGone();
      if (!serving) reject(new Error('the gateway before this one ended while handing over'));
    });
    say({ type: 'ready' });
  });
