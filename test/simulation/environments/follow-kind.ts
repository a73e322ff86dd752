import type { KindDefinition, ObjectOf } from '@causeway/model';
import { type ChangeType, inform } from '../../../packages/client/watch/inform.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Network } from '../network/call.ts';
import { simulateTransport } from '../network/simulated-transport.ts';
import type { Server } from '../world/server.ts';

export interface FollowParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly pickServer: () => Server;
}

/** Follows a kind with the client’s own informer, as agents and gateways do. */
export const followKind = <K extends KindDefinition>(
  parts: FollowParts,
  kind: K,
  onChange: (type: ChangeType, object: ObjectOf<K>) => void,
  signal: AbortSignal,
  onSynced: () => void = () => {},
): void => {
  const { scheduler, random } = parts;
  const transport = simulateTransport({
    ...parts,
    kind,
    linePauseMs: () => 0,
    tap: () => ({ event() {}, ended() {} }),
  });
  void inform(
    transport,
    kind,
    { onChange, onSynced, signal },
    {
      elapsed: () => scheduler.time,
      pause: ms => new Promise(resolve => scheduler.after(ms, () => resolve())),
      fraction: () => random.fraction(),
    },
  );
};
