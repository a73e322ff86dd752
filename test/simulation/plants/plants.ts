import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { WorldName } from '../worlds.ts';
import { environmentPlants } from './environment-plants.ts';

/** Text that is replaced as its file is imported; the path is seen from packages/engine. */
export interface Replacement {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

export interface Plant {
  /** What is wrong with it, as someone might do it by mistake. */
  readonly bug: string;
  /** The world that has to find it; the engine by itself when not said. */
  readonly world?: WorldName;
  /** So many seeds must be enough to find it. */
  readonly within: number;
  readonly replace?: readonly Replacement[];
  /** A database that does it wrong. Imported late, so that nothing of the engine is imported before it is changed. */
  readonly createDatabase?: () => Promise<(scheduler: Scheduler, random: Random) => DatabaseServer>;
}

const wrongDatabase =
  (name: keyof typeof import('./wrong-databases.ts')): NonNullable<Plant['createDatabase']> =>
  async () => {
    const databases = await import('./wrong-databases.ts');
    return (scheduler, random) => new databases[name](scheduler, random);
  };

export const plants: Readonly<Record<string, Plant>> = {
  sequence: {
    bug: 'revisions are taken from a sequence, before the commit, instead of from the locked row',
    within: 200,
    createDatabase: wrongDatabase('SequenceDatabase'),
  },
  'forgotten-notify': {
    bug: 'a commit is not announced to the other servers',
    within: 200,
    createDatabase: wrongDatabase('SilentDatabase'),
  },
  'no-fence': {
    bug: 'a statement that arrives after its commit was looked up is still executed',
    within: 2000,
    createDatabase: wrongDatabase('FencelessDatabase'),
  },
  'early-watch': {
    bug: 'a watch is answered from the cache as it is, without waiting for what was committed before',
    within: 2000,
    replace: [
      {
        file: 'store/watch.ts',
        text: "else if (options.resourceVersion !== '0') await fresh();",
        by: '',
      },
    ],
  },
  'stale-read': {
    bug: 'a read does not wait for what was acknowledged before',
    within: 2000,
    replace: [
      {
        file: 'store/freshness.ts',
        text: 'const revision = await newest();',
        by: 'const revision = cache.revision;',
      },
    ],
  },
  'blind-retry': {
    bug: 'a batch whose commit was not answered is written again without a look',
    within: 2000,
    replace: [
      {
        file: 'store/writer.ts',
        text: ' || !(await this.#wasCommitted(batch))) throw error;',
        by: ' || true) throw error;',
      },
    ],
  },
  'early-apply': {
    bug: 'the cache shows a write before it is committed',
    within: 500,
    replace: [
      {
        file: 'store/writer.ts',
        text: 'if (!(await this.#known(batch, () => database.commitAfter(head, batch)))) return false;',
        by: 'cache.apply(prepared.changes); if (!(await this.#known(batch, () => database.commitAfter(head, batch)))) return false;',
      },
    ],
  },
  'lost-at-trim': {
    bug: 'the log of changes forgets one change too many when it is trimmed',
    within: 2000,
    replace: [
      { file: 'store/event-log.ts', text: 'capacity = 8192', by: 'capacity = 2' },
      {
        file: 'store/event-log.ts',
        text: 'const dropped = this.#changes.splice(0, this.#capacity);',
        by: 'const dropped = this.#changes.splice(0, this.#capacity + 1).slice(0, -1);',
      },
    ],
  },
  'lost-add': {
    bug: 'a key that is added while it runs is forgotten',
    within: 500,
    replace: [
      {
        file: 'controller/work-queue.ts',
        text: 'const since = this.#spare.get(key);',
        by: 'if (this.#running.has(key)) return; const since = this.#spare.get(key);',
      },
    ],
  },
  'lease-unguarded': {
    bug: 'what a controller writes is not bound to its lease',
    within: 1000,
    replace: [
      { file: 'store/writer.ts', text: 'guard: currentGuard(),', by: 'guard: undefined,' },
      {
        file: 'lease/lease-keeper.ts',
        text: 'return this.#parts.clock.elapsed() < this.#validUntil ?',
        by: 'return this.#parts.clock.elapsed() < Number.POSITIVE_INFINITY ?',
      },
    ],
  },
  'lease-orphaned': {
    bug: 'a lease that was given up, and is renewed all the same, is worked on by nobody',
    within: 2000,
    replace: [{ file: 'lease/lease-keeper.ts', text: 'this.#adopt(leases);', by: '' }],
  },
  'deleted-unseen': {
    bug: 'an object that ceases to match a selector is not told as deleted',
    within: 500,
    replace: [
      {
        file: 'store/seen-through.ts',
        text: 'if (!before) return undefined;',
        by: 'if (!after) return undefined;',
      },
    ],
  },
  'skipped-gap': {
    bug: 'a server that catches up begins one revision too late',
    within: 500,
    replace: [
      {
        file: 'store/cache.ts',
        text: 'source.changesAfter(this.#revision)',
        by: 'source.changesAfter(this.#revision + 1)',
      },
    ],
  },
  'read-once': {
    bug: 'what others committed is not read again when the database did not answer',
    within: 5000,
    replace: [
      {
        file: 'engine.ts',
        text: '.catch(() => clock.after(readAgainMs, () => catchUp(revision)))',
        by: '.catch(() => {})',
      },
    ],
  },
  ...environmentPlants,
};

/** Changed so that small worlds reach them, and right all the same: no seed may fail. */
export const harmless: Readonly<Record<string, Plant>> = {
  'small-log': {
    bug: 'none: the log of changes is small, so that it is trimmed all the time',
    within: 0,
    replace: [{ file: 'store/event-log.ts', text: 'capacity = 8192', by: 'capacity = 2' }],
  },
};
