import { PlatformError } from '@causeway/model';
import type { Machine } from '../core/machine.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { usualSlowness } from '../world/pace.ts';
import type { DatabaseServer, Session } from './database-server.ts';

/** Runs on the database’s side; answers once. */
export type Statement<T> = (session: Session, answer: (value: T) => void) => void;

/** One established connection, seen from the client. */
export interface Established {
  readonly session: Session;
  /** Nothing passes any more, whether the client has noticed or not. */
  broken: boolean;
  noticed: boolean;
  fail: ((error: unknown) => void) | undefined;
  /** A statement on its way to the database. */
  request: { readonly arrive: () => void; readonly cancel: () => void } | undefined;
}

/** How long after the client is gone something it sent may still arrive. */
const lateMs = 2500;

const unavailable = (): PlatformError =>
  new PlatformError('Unavailable', 'the database does not answer', { retryAfterSeconds: 1 });

/** The network between one process and the database, with all connections over it. */
export class DatabaseLink {
  readonly machine: Machine;
  readonly server: DatabaseServer;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly connections = new Set<DatabaseConnection>();
  up = true;
  /** So many of the next statements break their connection as they are sent. */
  strikes = 0;
  /** What one way takes at most, milliseconds. */
  slowness: number = usualSlowness.link;

  constructor(machine: Machine, server: DatabaseServer, scheduler: Scheduler, random: Random) {
    this.machine = machine;
    this.server = server;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** Nothing passes until `heal`; the process notices within `noticeMs`. */
  cut(noticeMs: number): void {
    this.up = false;
    this.breakAll(noticeMs);
  }

  heal(): void {
    this.up = true;
  }

  breakAll(noticeMs: number): void {
    for (const connection of this.connections) connection.break(noticeMs);
  }

  latency(): number {
    return this.random.between(0.05, this.slowness);
  }
}

/**
 * As the engine’s own connection: made when first used, one statement at a time, made again after it was lost. When it breaks,
 * what was sent may be lost, or arrive late, or have been executed without an answer.
 */
export class DatabaseConnection {
  readonly #link: DatabaseLink;
  #established: Established | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  onLost: () => void = () => {};

  constructor(link: DatabaseLink) {
    this.#link = link;
    link.connections.add(this);
  }

  /** One statement at a time. `on` is refused when the connection is no longer that one. */
  query<T>(statement: Statement<T>, on?: Session): Promise<T> {
    const result = this.#last.then(() => this.#query(statement, on));
    this.#last = result.catch(() => {});
    return result;
  }

  async #query<T>(statement: Statement<T>, on: Session | undefined): Promise<T> {
    if (on && this.#established?.session !== on) throw unavailable();
    const established = await this.open();
    const { server, machine, scheduler, random } = this.#link;
    const { session } = established;
    return new Promise((resolve, reject) => {
      established.fail = reject;
      if (established.broken) return;
      const arrive = () => {
        established.request = undefined;
        if (!session.alive) return;
        session.busy = true;
        statement(session, value => {
          server.statementEnded(session);
          machine.deliver(this.#link.latency(), () => {
            if (established.broken) return;
            established.fail = undefined;
            resolve(value);
          });
        });
      };
      established.request = { arrive, cancel: scheduler.after(this.#link.latency(), arrive) };
      if (this.#link.strikes > 0 && random.chance(0.4)) {
        this.#link.strikes -= 1;
        this.break(50);
      }
    });
  }

  async open(): Promise<Established> {
    if (this.#closed) throw new PlatformError('Unavailable', 'the database connection is closed');
    if (this.#established) return this.#established;
    const { machine, server } = this.#link;
    await new Promise<void>(resolve => machine.deliver(this.#link.latency() * 2, resolve));
    if (!this.#link.up || !server.up || this.#closed) throw unavailable();
    this.#established = {
      session: server.connect(machine.name),
      broken: false,
      noticed: false,
      fail: undefined,
      request: undefined,
    };
    return this.#established;
  }

  break(noticeMs: number): void {
    const established = this.#established;
    if (!established || established.broken) return;
    established.broken = true;
    const { scheduler, random, server, machine } = this.#link;
    const { session, request } = established;
    session.notify = undefined;
    const lateBy = random.between(0, random.pick([20, 300, lateMs]));
    request?.cancel();
    if (request && random.chance(0.6)) {
      scheduler.count('a statement arrives after its connection broke');
      scheduler.after(lateBy, request.arrive);
    } else if (request) scheduler.count('a statement is lost on its way');
    else if (established.fail) scheduler.count('the answer to a statement is lost');
    scheduler.after(lateBy + random.between(0, 300), () => server.hangUp(session));
    machine.deliver(random.between(0, noticeMs), () => this.#lost(established));
  }

  #lost(established: Established): void {
    if (established.noticed) return;
    established.noticed = true;
    if (this.#established === established) this.#established = undefined;
    established.fail?.(unavailable());
    if (!this.#closed) this.onLost();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const established = this.#established;
    this.#established = undefined;
    this.#link.connections.delete(this);
    if (!established || established.broken) return;
    established.broken = true;
    this.#link.server.hangUp(established.session);
    established.fail?.(unavailable());
  }
}
