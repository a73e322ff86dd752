export { auditHeadProblem } from './audit/audit-head.ts';
export type { AuditRecord } from './audit/audit-record.ts';
export { type AuditQuery, type ListedRecord, listAudit } from './audit/list-audit.ts';
export { type AuditVerdict, verifyChain } from './audit/verify-chain.ts';
export { type Chance, systemChance } from './chance.ts';
export { type Clock, secondsText, systemClock } from './clock.ts';
export {
  type Controller,
  type ControllerDefinition,
  defineController,
  ownerKeys,
  type Reconcile,
  type ReconcileResult,
} from './controller/controller.ts';
export type * from './database/database.ts';
export type * from './decisions/decision-record.ts';
export { type Decisions, type Engine, type EngineOptions, type Ledger, openEngine } from './engine.ts';
export type { RecordEvent } from './event/record-event.ts';
export type { LedgerEntry, LedgerQuery } from './ledger/ledger.ts';
export type * from './metrics/observer.ts';
export { type TimeSpent, timeSpent } from './metrics/time-spent.ts';
export type { HistoryLimits } from './retention.ts';
export { openDatabase } from './sql/open-database.ts';
export { type RestoreOptions, restoreDatabase } from './sql/restore-database.ts';
export { type KeptTable, keptTablesOf, openSnapshot, type Snapshot } from './sql/snapshot.ts';
export type { Change } from './store/event-log.ts';
export { objectJson } from './store/object-json.ts';
export { clonePlain, deepFreeze, samePlain, valueAt } from './store/plain.ts';
export type { Quota, QuotaOf } from './store/quota.ts';
export { sharedFields } from './store/shared-fields.ts';
export type {
  Actor,
  DeleteOptions,
  ListOptions,
  ListResult,
  ManageFields,
  Store,
  TakeEvent,
  Watch,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './store/store.ts';
export { validateObject } from './store/validate.ts';
export { readStatistics, type Statistics } from './verify/statistics.ts';
export { collectFindings, type Examination, verifyDatabase } from './verify/verify-database.ts';
