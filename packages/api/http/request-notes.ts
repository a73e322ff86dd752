import type { TimeSpent } from '@causeway/engine';

/** What is learned of a request while it is served, for metrics and for the log of slow ones. Never what a client wrote, but its user. */
export interface RequestNotes {
  /** When its head had arrived, as `performance.now()` has it. */
  readonly beganAt: number;
  /** `get`, `list`, `watch`, …; for what is no resource the method. One of a few. */
  verb: string;
  /** `services`, `services/log`, `/api/insights`, `git`: one of those that are served, `unknown` otherwise. */
  resource: string;
  user: string | undefined;
  /** Who asks decides how long it lasts: watches and logs. */
  lasting: boolean;
  /** Gives back the seat of flow control that the request holds; what lasts does so when it begins. */
  leaveSeat: () => void;
  readonly spent: TimeSpent;
  /** When the answer was ready to be sent; 0 before. */
  readyAt: number;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export const createNotes = (method: string): RequestNotes => ({
  beganAt: performance.now(),
  verb: methods.has(method) ? method.toLowerCase() : 'other',
  resource: 'unknown',
  user: undefined,
  lasting: false,
  leaveSeat: () => {},
  spent: { queued: 0, decide: 0, database: 0, answeredAt: 0 },
  readyAt: 0,
});

/** A request that was answered, or broken off by its client. */
export interface FinishedRequest extends RequestNotes {
  /** HTTP status; 499 when the client left before its answer began. */
  readonly code: number;
  readonly seconds: number;
}

/** Whoever measures requests. Called for each: it must be quick and not throw. */
export interface RequestObserver {
  began(): void;
  finished(request: FinishedRequest): void;
}
