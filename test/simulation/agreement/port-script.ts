import type { Batch, Database, Guard, Head, NewDecision, StoredChange, Turn } from '@causeway/engine';
import { isPlatformError } from '@causeway/model';
import { Random } from '../core/random.ts';
import type { PortWorld } from './port-world.ts';

const kinds = ['widgets.causeway.dev', 'parts.causeway.dev'] as const;
const names = ['x', 'y', 'z'] as const;
const leases = ['shard/0', 'shard/1', 'shard/2'] as const;
const longMs = 3_600_000;

const byName = (a: { name: string; kind?: string }, b: { name: string; kind?: string }): number =>
  `${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1;

const changeOf = ({ revision, type, kind, namespace, name, data, previous }: StoredChange) => ({
  revision,
  type,
  kind,
  namespace,
  name,
  data,
  previous,
});

/**
 * Calls of every method of the port, in states that a seed decides, and what was answered to each. Choices depend on the seed and on earlier
 * answers alone: two worlds that answer alike are asked alike.
 */
export class PortScript {
  readonly #world: PortWorld;
  readonly #random: Random;
  /** Apart, so that what policies say moves nothing else. */
  readonly #ofDecisions: Random;
  readonly #lines: string[] = [];
  /** Heads that were the newest once. */
  readonly #heads: Head[] = [];
  readonly #batches: Batch[] = [];
  readonly #epochs: Guard[] = [];
  readonly #versions = new Map<string, number>();
  #serial = 0;

  constructor(world: PortWorld, seed: number) {
    this.#world = world;
    this.#random = new Random(seed);
    this.#ofDecisions = new Random(seed + 1000);
  }

  /** Each call with its answer, one a line. */
  async run(steps: number): Promise<readonly string[]> {
    await this.#untilListening(1);
    for (let count = 0; count < steps; count++) await this.#step();
    await this.#hear();
    return this.#lines;
  }

  async #step(): Promise<void> {
    if (this.#ofDecisions.chance(0.1)) await this.#readDecisions();
    const dice = this.#random.fraction();
    if (dice < 0.25) await this.#commitAtOnce();
    else if (dice < 0.5) await this.#takeTurn();
    else if (dice < 0.56) await this.#lookUp();
    else if (dice < 0.75) await this.#lease();
    else if (dice < 0.94) await this.#read();
    else if (dice < 0.97) await this.#compact();
    else await this.#hear();
  }

  get #database(): Database {
    return this.#random.pick(this.#world.servers).database;
  }

  async #note<T>(
    what: string,
    work: Promise<T>,
    shown: (value: T) => unknown = value => value,
  ): Promise<T | undefined> {
    try {
      const value = await this.#world.settle(work);
      this.#lines.push(`${what}: ${JSON.stringify(shown(value))}`);
      return value;
    } catch (error) {
      if (!isPlatformError(error)) throw error;
      this.#lines.push(`${what}: ${error.code}`);
      return undefined;
    }
  }

  async #head(): Promise<Head> {
    const head = await this.#world.settle(this.#database.head());
    this.#heads.push(head);
    return head;
  }

  /** What a server might write that believes in this head. Only what is committed is known to the script afterwards. */
  #batchOn(head: Head): Batch {
    const random = this.#random;
    let { revision, auditSeq } = head;
    const changes: StoredChange[] = [];
    const audits: { seq: number; record: string; hash: string }[] = [];
    const versions = new Map(this.#versions);
    for (let count = random.below(4); count > 0; count--) {
      const [kind, name] = [random.pick(kinds), random.pick(names)];
      const previous = versions.get(`${kind} ${name}`);
      const type = previous === undefined ? 'ADDED' : random.chance(0.3) ? 'DELETED' : 'MODIFIED';
      revision += 1;
      this.#serial += 1;
      const data = JSON.stringify({ text: `“${this.#serial}”\n\\ '`, revision });
      changes.push({ revision, type, kind, namespace: '', name, data, ...(previous ? { previous } : {}) });
      if (type === 'DELETED') versions.delete(`${kind} ${name}`);
      else versions.set(`${kind} ${name}`, revision);
      if (random.chance(0.3)) continue;
      auditSeq += 1;
      audits.push({
        seq: auditSeq,
        record: JSON.stringify({ audited: this.#serial }),
        hash: `hash ${this.#serial}`,
      });
    }
    const ledger = Array.from({ length: random.below(3) }, () => ({
      id: `step-${random.below(20)}`,
      at: `2026-01-0${1 + random.below(9)}T00:00:00.000Z`,
      type: 'step.taken',
      team: random.pick(['red', 'blue']),
      service: random.pick(names),
      actor: 'someone',
      ...(random.chance(0.5) ? { environment: 'production' } : {}),
      ...(random.chance(0.5) ? { data: { count: this.#serial } } : {}),
    }));
    const seen = new Set<string>();
    const auditHash = audits.at(-1)?.hash ?? head.auditHash;
    const batch: Batch = {
      id: random.uuid(),
      head: { ...head, revision, auditSeq, auditHash },
      changes,
      audits,
      ledger: ledger.filter(({ id }) => seen.size < seen.add(id).size),
      decisions: this.#decisions(),
      guards: this.#guards(),
    };
    this.#batches.push(batch);
    return batch;
  }

  async #readDecisions(): Promise<void> {
    const random = this.#ofDecisions;
    if (random.chance(0.2)) {
      const before = `2026-01-${10 + random.below(5)}T12:00:00Z`;
      await this.#note(`dropDecisions ${before}`, this.#first.dropDecisions(before), () => 'done');
      return;
    }
    const query = random.pick([
      {},
      { policy: 'owner', inputs: true },
      { teams: ['red', ''], denied: true },
      { since: '2026-01-15T00:00:00Z', place: 'push', inputs: true },
      { kind: 'Service', name: 'x' },
    ]);
    const limit = 1 + random.below(20);
    await this.#note(
      `readDecisions ${JSON.stringify(query)}`,
      this.#first.readDecisions({ ...query, limit }),
      // How they are numbered is PostgreSQL’s own affair, as long as it counts up.
      all => all.map(({ seq: _seq, ...decision }) => decision),
    );
  }

  get #first(): Database {
    return (this.#world.servers[0] as PortWorld['servers'][number]).database;
  }

  /** What policies might have said; some of it twice, of what some already know. */
  #decisions(): NewDecision[] {
    const random = this.#ofDecisions;
    return Array.from({ length: random.below(3) }, () => {
      const at = `2026-01-${10 + random.below(9)}T00:00:00.000Z`;
      const [input, context] = [random.below(6), random.below(3)];
      const kept = (digest: number) => ({
        digest: `input ${digest}`,
        data: JSON.stringify({ judged: digest, text: '“\u001e”' }),
        redacted: digest === 2,
      });
      return {
        id: `decision-${random.below(40)}`,
        at,
        place: random.pick(['admission', 'push']),
        team: random.pick(['red', 'blue', '']),
        kind: random.pick(['Service', 'Push']),
        name: random.pick(names),
        operation: 'CREATE',
        actor: 'someone',
        allowed: random.chance(0.6),
        input: `input ${input}`,
        ...(context === 0 ? {} : { context: `input ${context}` }),
        results: ['owner', 'root'].slice(0, random.below(3)).map(policy => ({
          policy,
          version: 'v1',
          action: 'deny',
          result: 'pass' as const,
          findings: [],
          microseconds: 7,
        })),
        inputs: [...new Set(context === 0 ? [input] : [input, context])].map(kept),
      };
    });
  }

  #guards(): Guard[] {
    return this.#epochs.length > 0 && this.#random.chance(0.3)
      ? [this.#random.pick(this.#epochs.slice(-4))]
      : [];
  }

  #committed({ changes }: Batch): void {
    for (const { kind, name, type, revision } of changes)
      if (type === 'DELETED') this.#versions.delete(`${kind} ${name}`);
      else this.#versions.set(`${kind} ${name}`, revision);
  }

  async #commitAtOnce(): Promise<void> {
    const newest = await this.#head();
    const old = this.#random.chance(0.3);
    const head = old ? this.#random.pick(this.#heads.slice(-6)) : newest;
    const batch = this.#batchOn(head);
    const written = await this.#note(
      `commitAfter ${head.revision}/${head.fence}`,
      this.#database.commitAfter(head, batch),
    );
    if (written) this.#committed(batch);
  }

  /** A turn, during which the other server may wait for its own, and whose connection may break. */
  async #takeTurn(): Promise<void> {
    const random = this.#random;
    const [holder, other] = random.chance(0.5) ? [0, 1] : [1, 0];
    const at = (index: number): Database =>
      (this.#world.servers[index] as PortWorld['servers'][number]).database;
    const turn = await this.#note('lock', at(holder).lock(), ({ head }) => head);
    if (!turn) return;
    const queued = random.chance(0.5) ? await this.#queueBehind(turn, at(other)) : undefined;
    if (random.chance(0.4)) {
      const since = this.#revisionNear(turn.head.revision);
      await this.#note(`turn.changesAfter ${since}`, turn.changesAfter(since), found => found.map(changeOf));
    }
    const guards = this.#epochs.slice(-3);
    if (random.chance(0.3))
      await this.#note('turn.lost', turn.lost(guards), lost => lost.map(one => one.epoch).sort());
    // What waits as its connection breaks may happen or not: that is luck, in both.
    if (!queued && random.chance(0.25)) await this.#breakDuring(turn, at(holder));
    else if (random.chance(0.7)) {
      const batch = this.#batchOn(turn.head);
      const before = this.#lines.length;
      await this.#note('turn.commit', turn.commit(batch), () => 'done');
      if (this.#lines[before]?.endsWith('"done"')) this.#committed(batch);
    } else await this.#note('turn.release', turn.release(), () => 'done');
    await queued?.();
  }

  /** The other server wants to write, too. The result sees what became of that. */
  async #queueBehind(turn: Turn, database: Database): Promise<() => Promise<void>> {
    const { head } = turn;
    if (this.#random.chance(0.5)) {
      const locked = database.lock();
      locked.catch(() => {});
      this.#lines.push(`the other’s lock waits: ${await this.#world.waits(locked)}`);
      return async () => {
        const second = await this.#note('the other’s lock', locked, granted => granted.head);
        if (second) await this.#note('the other’s release', second.release(), () => 'done');
      };
    }
    const versions = new Map(this.#versions);
    const batch = this.#batchOn(head);
    const written = database.commitAfter(head, { ...batch, guards: [] });
    written.catch(() => {});
    this.#lines.push(`the other’s commitAfter waits: ${await this.#world.waits(written)}`);
    return async () => {
      const before = new Map(versions);
      if (await this.#note('the other’s commitAfter', written)) {
        for (const [place, revision] of before) this.#versions.set(place, revision);
        this.#committed(batch);
      }
    };
  }

  /** What is committed on a connection that broke is not there, and never will be. */
  async #breakDuring(turn: Turn, database: Database): Promise<void> {
    // What is still on its way to a connection that breaks may arrive or not.
    await this.#hear();
    const listened = this.#timesMissed();
    const batch = this.#batchOn(turn.head);
    await this.#world.breakConnections();
    await this.#note('turn.commit on a connection that broke', turn.commit(batch), () => 'done');
    await this.#mend();
    await this.#untilListening(listened + 1);
    await this.#note('its look-up', database.committed(batch));
  }

  /** Until every connection is there again. */
  async #mend(): Promise<void> {
    const insist = async (work: () => Promise<unknown>): Promise<void> => {
      for (;;) {
        try {
          await this.#world.settle(work());
          return;
        } catch (error) {
          if (!isPlatformError(error, 'Unavailable')) throw error;
        }
      }
    };
    for (const { database } of this.#world.servers) {
      await insist(() => database.revision());
      await insist(() => database.revisionOfAge(0));
      await insist(() => database.releaseLeases([], 'nobody'));
      await insist(async () => (await database.lock()).release());
    }
  }

  #timesMissed(): number {
    return Math.min(
      ...this.#world.servers.map(({ heard }) => heard.notices.filter(one => one === 'missed').length),
    );
  }

  #untilListening(times: number): Promise<void> {
    return this.#world.until(() => this.#timesMissed() >= times);
  }

  /** A commit that was not answered, as far as its server knows; afterwards it cannot happen any more. */
  async #lookUp(): Promise<void> {
    const head = await this.#head();
    const unsent = this.#batchOn(head);
    const batch = this.#random.chance(0.5) ? this.#random.pick(this.#batches) : unsent;
    await this.#note('committed', this.#database.committed(batch));
    if (batch === unsent)
      await this.#note('commitAfter its look-up', this.#database.commitAfter(head, unsent));
    // With nothing but entries of the ledger there is nothing to look up, and nothing that could be written twice.
    if (batch === unsent && this.#lines.at(-1)?.endsWith('true')) this.#committed(unsent);
  }

  async #lease(): Promise<void> {
    const random = this.#random;
    const holder = random.pick(['one', 'two']);
    const ttlMs = random.pick([longMs, longMs, -1]);
    const some = leases.filter(() => random.chance(0.6));
    const dice = random.fraction();
    if (dice < 0.4) {
      const epoch = random.uuid();
      const taken = await this.#note(
        `takeLeases ${some} ${holder}`,
        this.#database.takeLeases(some, holder, epoch, longMs),
        got => got.toSorted(),
      );
      for (const lease of taken ?? []) this.#epochs.push({ lease, epoch });
    } else if (dice < 0.8)
      await this.#note(`renewLeases ${holder} ${ttlMs}`, this.#database.renewLeases(holder, ttlMs), all =>
        all
          .map(({ remainingMs, ...lease }) => ({ ...lease, expired: remainingMs < 0 }))
          .map(({ name, holder: by, epoch, expired }) => ({ name, by, epoch, expired }))
          .sort(byName),
      );
    else
      await this.#note(
        `releaseLeases ${some} ${holder}`,
        this.#database.releaseLeases(some, holder),
        () => 'done',
      );
  }

  #revisionNear(newest: number): number {
    return this.#random.below(newest + 2);
  }

  async #read(): Promise<void> {
    const random = this.#random;
    const { revision } = await this.#head();
    const near = this.#revisionNear(revision);
    const database = this.#database;
    const reads: (() => Promise<unknown>)[] = [
      () => this.#note('revision', database.revision()),
      () => this.#note('head', database.head()),
      () =>
        this.#note('load', database.load(), loaded => [
          loaded.revision,
          loaded.objects
            .map(({ kind, namespace, name, data }) => ({ kind, namespace, name, data }))
            .sort(byName),
        ]),
      () => this.#note(`changesAfter ${near}`, database.changesAfter(near), found => found.map(changeOf)),
      () => {
        const query = {
          kind: random.pick(kinds),
          after: near,
          upTo: near + random.below(20),
          limit: 1 + random.below(5),
        };
        return this.#note(`readHistory ${JSON.stringify(query)}`, database.readHistory(query), found =>
          found.map(change => [changeOf(change), change.before]),
        );
      },
      () => {
        const [after, limit] = [random.below(10), 1 + random.below(10)];
        return this.#note(`readAudit ${after} ${limit}`, database.readAudit(after, limit));
      },
      () => {
        const query = random.pick([
          {},
          { team: 'red' },
          { team: 'blue', service: 'x' },
          { since: '2026-01-05T00:00:00Z' },
        ]);
        return this.#note(`readLedger ${JSON.stringify(query)}`, database.readLedger(query), all =>
          all.map(({ id, at, type, team, service, environment, actor, data }) => [
            id,
            at,
            type,
            team,
            service,
            environment,
            actor,
            data,
          ]),
        );
      },
      () => this.#note('revisionOfAge', database.revisionOfAge(-longMs)),
      () => this.#note('revisionOfAge of long ago', database.revisionOfAge(100 * longMs)),
    ];
    await random.pick(reads)();
  }

  async #compact(): Promise<void> {
    const { revision } = await this.#head();
    const upTo = this.#revisionNear(revision);
    await this.#world.age();
    // What is older than a minute cannot be looked up any more.
    this.#batches.length = 0;
    await this.#note(`compact ${upTo}`, this.#database.compact(upTo));
  }

  /** What each server was told since it was asked last: all that was told before a message has arrived when it has. */
  async #hear(): Promise<void> {
    this.#serial += 1;
    const mark = `mark ${this.#serial}`;
    await this.#world.settle(this.#database.tell(mark));
    for (const [index, { heard }] of this.#world.servers.entries()) {
      await this.#world.until(() => heard.notices.includes(mark));
      this.#lines.push(`server ${index} heard ${JSON.stringify(heard.notices)}`);
    }
  }
}
