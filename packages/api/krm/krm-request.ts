import { type Clock, type Store, secondsText } from '@causeway/engine';
import type { ObjectKey } from '@causeway/model';
import type { Access, Session } from '../access/access.ts';
import type { Call } from '../http/call.ts';
import type { OpenStreams } from '../http/open-streams.ts';
import type { Resource } from './resources.ts';

/** What the handlers of the resource model work with. */
export interface KrmContext {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  /** Groups that kinds of ours are served in as well. */
  readonly apiGroups: readonly string[];
}

/** A request for objects of one kind, by someone who is signed in. */
export interface KrmRequest {
  readonly call: Call;
  readonly session: Session;
  readonly resource: Resource;
  /** '' for cluster-scoped kinds and for all namespaces. */
  readonly namespace: string;
  /** '' for the collection. */
  readonly name: string;
  readonly subresource: string;
}

export const keyOfRequest = ({ namespace, name }: KrmRequest): ObjectKey => ({ namespace, name });

export const isDryRun = ({ call }: KrmRequest): boolean => call.query.getAll('dryRun').includes('All');

/** When a write is made, as it is noted in the object: RFC 3339, whole seconds. */
export const timeOfWrite = ({ clock }: KrmContext): string => secondsText(clock.now());
