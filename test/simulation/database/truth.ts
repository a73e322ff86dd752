import type {
  Batch,
  Guard,
  Head,
  HistoryQuery,
  KeptChange,
  Lease,
  LedgerEntry,
  LedgerQuery,
  StoredAudit,
  StoredChange,
  StoredObject,
} from '@causeway/engine';
import { KeptDecisions } from './kept-decisions.ts';

export interface HistoryEntry extends StoredChange {
  readonly batch: string;
  /** When it was committed, simulated milliseconds. */
  readonly at: number;
}

export interface HeldLease extends Omit<Lease, 'remainingMs'> {
  readonly expires: number;
}

/** What is committed. `log` is for the judges alone: every change there ever was, in the order in which they became visible. */
export class Truth {
  head: Head = { revision: 0, fence: 0, auditSeq: 0, auditHash: '' };
  readonly objects = new Map<string, StoredObject & { readonly revision: number }>();
  history: HistoryEntry[] = [];
  /** After this revision all of the history is kept. */
  floor = 0;
  readonly batches = new Set<string>();
  readonly audits: StoredAudit[] = [];
  readonly ledger = new Map<string, LedgerEntry>();
  readonly decisions = new KeptDecisions();
  leases = new Map<string, HeldLease>();
  readonly log: HistoryEntry[] = [];

  apply(batch: Batch, at: number): void {
    for (const change of batch.changes) {
      const place = `${change.kind}\n${change.namespace}/${change.name}`;
      const { kind, namespace, name, data, revision } = change;
      if (change.type === 'DELETED') this.objects.delete(place);
      else this.objects.set(place, { kind, namespace, name, data, revision });
      const entry = { ...change, batch: batch.id, at };
      this.history.push(entry);
      this.log.push(entry);
    }
    this.batches.add(batch.id);
    this.audits.push(...batch.audits);
    for (const entry of batch.ledger)
      if (!this.ledger.has(entry.id)) this.ledger.set(entry.id, { environment: '', data: {}, ...entry });
    this.decisions.keep(batch.decisions);
    this.head = { ...batch.head, fence: this.head.fence };
  }

  holds({ lease, epoch }: Guard): boolean {
    return this.leases.get(lease)?.epoch === epoch;
  }

  /** Whether all after a revision is in the history. */
  keeps(revision: number): boolean {
    return (
      this.head.revision <= revision ||
      (this.floor <= revision && this.history.some(entry => entry.revision === revision + 1))
    );
  }

  changesAfter(revision: number): HistoryEntry[] | undefined {
    return this.keeps(revision) ? this.history.filter(entry => entry.revision > revision) : undefined;
  }

  readHistory({ kind, after, upTo, limit }: HistoryQuery): KeptChange[] | undefined {
    if (!this.keeps(after)) return undefined;
    return this.history
      .filter(entry => entry.kind === kind && entry.revision > after && entry.revision <= upTo)
      .slice(0, limit)
      .map(entry => {
        const before = this.history.find(({ revision }) => revision === entry.previous)?.data;
        return before === undefined ? entry : { ...entry, before };
      });
  }

  readLedger({ team, service, since }: LedgerQuery): LedgerEntry[] {
    return [...this.ledger.values()].filter(
      entry =>
        (team === undefined || entry.team === team) &&
        (service === undefined || entry.service === service) &&
        (since === undefined || Date.parse(entry.at) >= Date.parse(since)),
    );
  }

  /** Drops what is older than the floor, but of each object the version in force then. */
  compact(): void {
    const needed = new Set(
      this.history.flatMap(({ revision, previous }) => (revision > this.floor ? (previous ?? []) : [])),
    );
    for (const { revision } of this.objects.values()) needed.add(revision);
    this.history = this.history.filter(({ revision }) => revision > this.floor || needed.has(revision));
  }
}
