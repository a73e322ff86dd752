import { hash } from 'node:crypto';
import type { Actor } from '../store/store.ts';

/** One mutation: who, on whose behalf, from where, what changed, what was decided. */
export interface AuditRecord {
  readonly at: string;
  readonly actor: Actor;
  readonly verb: 'create' | 'update' | 'delete';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The object for a creation, a merge patch (RFC 7386) for an update, nothing for a deletion. */
  readonly change?: unknown;
  readonly decision: 'allowed';
  /** Ids of what policies said of it. */
  readonly decisions?: readonly string[];
}

/** The chain: each hash covers the one before, so a record changed, removed or inserted later shows. */
export const chainHash = (previous: string, seq: number, record: string): string =>
  hash('sha256', `${previous}\n${seq}\n${record}`, 'hex');
