import type { Batch, Guard, Head } from '@causeway/engine';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { beginning, usualSlowness } from '../world/pace.ts';
import { Truth } from './truth.ts';

/** The database’s side of a connection. It lives on for a while when the client’s side is gone. */
export interface Session {
  /** The process that opened it. */
  readonly client: string;
  alive: boolean;
  /** A statement that has not ended. */
  busy: boolean;
  /** The client is gone: ends with the statement. */
  ending: boolean;
  staged: Batch | undefined;
  /** Called with each NOTIFY, if the session listens. */
  notify: ((channel: 'revision' | 'message', payload: string) => void) | undefined;
}

/**
 * PostgreSQL as far as the engine relies on it: statements see what is committed when they run; the revision row is locked
 * first come, first served; a commit takes time, and is visible and announced when it is durable; a crash loses what is not,
 * and the table of leases, which is unlogged.
 */
export class DatabaseServer {
  readonly truth = new Truth();
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #sessions = new Set<Session>();
  #holder: Session | undefined;
  #waiting: { session: Session; granted: () => void }[] = [];
  readonly #committing = new Set<{ cancel: () => void; finish: () => void }>();
  #up = true;
  /** What one fsync costs at most, milliseconds. */
  slowness: number = usualSlowness.commit;
  /** Called with each batch whose guards hold, as it is taken in. */
  onAccept: (batch: Batch, client: string) => void = () => {};
  /** Called as a commit of a process begins. `lost`: it never arrived, and nobody answers. */
  readonly onCommit = new Set<(client: string, batch: Batch | undefined) => 'lost' | undefined>();
  /** Called with each batch when it is durable. */
  onWrite: (batch: Batch) => void = () => {};
  readonly #holders = new Map<string, string>();
  #upsetAt = Number.NEGATIVE_INFINITY;
  #clockOffset = 0;
  /** How its clock was set before, and until when. */
  readonly #setBefore: { readonly until: number; readonly offset: number; readonly said: number }[] = [];

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  get up(): boolean {
    return this.#up;
  }

  /** What its clock says, milliseconds since the epoch. */
  get now(): number {
    return beginning + this.#scheduler.time + this.#clockOffset;
  }

  /** The latest that anybody can take for its time who has heard of all but the last `ms`: what it has ever said, and how it went then. */
  latest(ms: number): number {
    const { time } = this.#scheduler;
    const before = this.#setBefore.map(({ until, offset, said }) =>
      time - until <= ms ? beginning + time + offset : said,
    );
    return Math.max(this.now, ...before);
  }

  /** Somebody sets its clock. */
  jump(ms: number): void {
    const { time } = this.#scheduler;
    this.#setBefore.push({ until: time, offset: this.#clockOffset, said: this.now });
    this.#clockOffset += ms;
    this.#upsetAt = this.#scheduler.time;
  }

  connect(client: string): Session {
    const session: Session = {
      client,
      alive: true,
      busy: false,
      ending: false,
      staged: undefined,
      notify: undefined,
    };
    this.#sessions.add(session);
    return session;
  }

  /** The client’s side closed: what runs still ends, what is open is rolled back. */
  hangUp(session: Session): void {
    session.ending = true;
    if (!session.busy) this.#end(session);
  }

  statementEnded(session: Session): void {
    session.busy = false;
    if (session.ending) this.#end(session);
  }

  /** Waits for the revision row, in the order of asking. */
  lock(session: Session, granted: () => void): void {
    if (this.#holder === undefined || this.#holder === session) {
      this.#holder = session;
      granted();
    } else this.#waiting.push({ session, granted });
  }

  unlock(session: Session): void {
    if (this.#holder !== session) return;
    this.#holder = undefined;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#holder = next.session;
    next.granted();
  }

  /** Makes it durable, then visible, then frees the row. A crash meanwhile leaves it to luck whether it is durable. */
  commit(session: Session, effect: () => void, done: () => void, batch?: Batch): void {
    for (const hear of this.onCommit)
      if (hear(session.client, batch) === 'lost') {
        this.#end(session);
        return;
      }
    const finish = () => {
      effect();
      this.unlock(session);
    };
    const cancel = this.#scheduler.after(this.#random.between(0.2, this.slowness), () => {
      this.#committing.delete(committing);
      finish();
      done();
    });
    const committing = { cancel, finish };
    this.#committing.add(committing);
  }

  /** The statement that writes a batch, or says that the head has moved or a guard no longer holds. */
  commitAfter(session: Session, head: Head, batch: Batch, answer: (written: boolean) => void): void {
    const moved = () => {
      const fenced = !this.sameFence(head);
      const overtaken = this.writeHead.revision !== head.revision;
      if (overtaken) this.#scheduler.count('a write is refused because another server was faster');
      else if (fenced) this.#scheduler.count('a write that comes after its look-up is refused');
      return overtaken || fenced;
    };
    if (moved() || this.#refusesGuards(batch)) {
      answer(false);
      return;
    }
    this.onAccept(batch, session.client);
    this.lock(session, () => {
      if (moved()) {
        this.unlock(session);
        answer(false);
        return;
      }
      this.taken(batch);
      this.commit(
        session,
        () => this.write(batch),
        () => answer(true),
        batch,
      );
    });
  }

  /** What whoever has the row goes on from. Planted bugs say something else. */
  get writeHead(): Head {
    return this.truth.head;
  }

  /** The numbers of a batch are taken. */
  protected taken(_batch: Batch): void {}

  sameFence(head: Head): boolean {
    return this.truth.head.fence === head.fence;
  }

  lost(guards: readonly Guard[]): Guard[] {
    return guards.filter(guard => !this.truth.holds(guard));
  }

  #refusesGuards({ guards }: Batch): boolean {
    if (this.lost(guards).length === 0) return false;
    this.#scheduler.count('a write is refused because the lease is lost');
    return true;
  }

  /** Takes a batch into an open transaction, which has the row. */
  stage(session: Session, batch: Batch): boolean {
    session.staged = undefined;
    if (this.#refusesGuards(batch)) return false;
    this.onAccept(batch, session.client);
    session.staged = batch;
    return true;
  }

  /** Notes which process calls itself so. */
  knowHolder(holder: string, client: string): void {
    this.#holders.set(holder, client);
  }

  /** Who else may do the work of this lease, as seen by one process; nobody when it may itself. */
  workerOf(lease: string, client: string): string | undefined {
    const holder = this.truth.leases.get(lease)?.holder;
    const worker = holder && this.#holders.get(holder);
    return worker === client ? undefined : worker;
  }

  /** For so long after a crash, which forgets leases, or after its clock was set, which ends them, two may believe that they have one. */
  upsetWithin(ms: number): boolean {
    return this.#scheduler.time - this.#upsetAt <= ms;
  }

  write(batch: Batch): void {
    this.truth.apply(batch, this.#scheduler.time);
    const { revision } = batch.head;
    this.#scheduler.trace(() => `database: batch ${batch.id.slice(0, 8)} makes revision ${revision}`);
    this.onWrite(batch);
    this.announce('revision', String(revision));
  }

  announce(channel: 'revision' | 'message', payload: string): void {
    for (const session of this.#sessions) session.notify?.(channel, payload);
  }

  /** All connections break and what is not durable is lost; up again after a while, perhaps as a replica that was promoted. */
  crash(downMs: number): void {
    this.#up = false;
    this.#upsetAt = this.#scheduler.time + downMs;
    this.#waiting = [];
    for (const { cancel, finish } of this.#committing) {
      cancel();
      const durable = this.#random.chance(0.5);
      this.#scheduler.count(
        durable
          ? 'a commit under way survives a crash, and nobody is told'
          : 'a commit under way is lost in a crash',
      );
      if (durable) finish();
    }
    this.#committing.clear();
    for (const session of this.#sessions) session.alive = false;
    this.#sessions.clear();
    this.#holder = undefined;
    this.truth.leases = new Map();
    this.#scheduler.after(downMs, () => {
      this.#up = true;
    });
  }

  #end(session: Session): void {
    session.alive = false;
    session.notify = undefined;
    this.#sessions.delete(session);
    this.#waiting = this.#waiting.filter(waiting => waiting.session !== session);
    this.unlock(session);
  }
}
