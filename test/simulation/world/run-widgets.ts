import type { Engine } from '@causeway/engine';
import { kindId, type ObjectKey } from '@causeway/model';
import { shardOf } from '../../../packages/engine/lease/shard.ts';
import type { Machine } from '../core/machine.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { Subscription, WorldRecord } from '../judge/record.ts';
import { PartKind, WidgetKind } from './kinds.ts';
import { reconcileWidget, widgetController } from './widget-controller.ts';

/** How long a lease lasts, and a little. */
const leaseMs = 700;

export interface WidgetParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly database: DatabaseServer;
  readonly record: WorldRecord;
  /** Whether reconcilers may be slow and throw. */
  readonly trouble: () => boolean;
}

/** Runs the controller of widgets on a server, and notes what the engine gives its controllers. */
export const runWidgets = (parts: WidgetParts, engine: Engine, machine: Machine): void => {
  const { scheduler, random, database, record, trouble } = parts;
  for (const kind of [WidgetKind, PartKind]) {
    const subscription: Subscription = {
      server: machine.name,
      kind: kindId(kind),
      from: engine.reading().revision,
      changes: [],
    };
    record.subscriptions.push(subscription);
    engine.onChange(kind, ({ revision, object }) =>
      subscription.changes.push({ name: object.metadata.name, revision }),
    );
  }
  const fail = (when: string): never => {
    scheduler.count('a reconciler throws');
    throw new Error(`a reconciler fails ${when}`);
  };
  const reconcile = async (key: ObjectKey): Promise<undefined> => {
    scheduler.trace(() => `${machine.name} reconciles ${key.name}`);
    const other = database.workerOf(shardOf(key.name), machine.name);
    if (other && !database.upsetWithin(leaseMs))
      record.problems.push(`[ENG9] ${machine.name} began work on ${key.name}, which is ${other}’s`);
    if (trouble()) {
      if (random.chance(0.2))
        await new Promise<void>(resolve => machine.deliver(random.between(1, 300), resolve));
      if (random.chance(0.1)) fail('before its work');
    }
    await reconcileWidget(engine, key);
    if (trouble() && random.chance(0.05)) fail('after its work');
  };
  engine.run(widgetController(reconcile));
};
