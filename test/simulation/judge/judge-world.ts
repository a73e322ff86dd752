import { kindId } from '@causeway/model';
import { verifyAudit } from '../../../packages/engine/audit/verify-audit.ts';
import { Machine } from '../core/machine.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { DatabaseLink } from '../database/database-connection.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import { simulateDatabase } from '../database/simulated-database.ts';
import { simulatedKinds } from '../world/kinds.ts';
import type { Server } from '../world/server.ts';
import { judgeLedger } from './judge-ledger.ts';
import { judgeOperation, judgeWrites } from './judge-operations.ts';
import { judgeAudit, judgeOrder } from './judge-order.ts';
import { judgeInformer, judgeSession, judgeSubscription } from './judge-watches.ts';
import type { WorldRecord } from './record.ts';
import type { TruthLog } from './truth-log.ts';

/** An engine shows exactly what was committed up to the revision that it says it shows, never more. */
export const judgeCache = (
  log: TruthLog,
  { truth }: DatabaseServer,
  { machine, engine }: Server,
  complain: (problem: string) => void,
): void => {
  if (!engine || !machine?.alive) return;
  const { revision } = engine.reading();
  if (revision > truth.head.revision) {
    complain(`[ENG5] ${machine.name} shows revision ${revision}, committed are ${truth.head.revision}`);
    return;
  }
  for (const kind of simulatedKinds) {
    const shown = engine.store
      .peekAll(kind)
      .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
      .sort()
      .join();
    const due = log.state(kindId(kind), revision).join();
    if (shown !== due)
      complain(`[ENG7] ${machine.name} shows ${shown} as revision ${revision}, which is ${due}`);
  }
};

/** All that was seen, against all that was committed. */
export const judgeWorld = async (
  log: TruthLog,
  database: DatabaseServer,
  record: WorldRecord,
  scheduler: Scheduler,
  random: Random,
): Promise<void> => {
  const complain = (problem: string) => record.problems.push(problem);
  const { truth } = database;
  judgeOrder(log, complain);
  judgeAudit(log, truth.audits, complain);
  judgeWrites(log, truth.audits, record.operations, complain);
  for (const operation of record.operations) judgeOperation(log, operation, complain);
  for (const session of record.sessions) judgeSession(log, session, complain);
  for (const informer of record.informers) judgeInformer(log, informer, complain);
  for (const subscription of record.subscriptions)
    judgeSubscription(log, subscription, record.compacted, complain);
  judgeLedger([...truth.ledger.keys()], record.operations, complain);
  const auditor = new Machine('auditor', scheduler, random);
  const verified = verifyAudit(simulateDatabase(new DatabaseLink(auditor, database, scheduler, random)));
  let done = false;
  verified.finally(() => {
    done = true;
  });
  await scheduler.run(() => done);
  const { brokenAt } = await verified;
  if (brokenAt !== undefined) complain(`[ENG8] the audit chain is broken at ${brokenAt}`);
};
