import { stat } from 'node:fs/promises';
import { isObjectId } from '../refs/ref-name.ts';
import { KnownObjects } from './known-objects.ts';
import { type ObjectContent, type ObjectInfo, ObjectProcess } from './object-process.ts';

/**
 * Reads the objects of one repository. `undefined`: not there, or not to be had in this way; whoever must know which asks git itself.
 */
export interface ObjectReader {
  info(id: string): Promise<ObjectInfo | undefined>;
  /** All of an object in memory: look at its size before, unless it is known to be small. */
  contents(id: string): Promise<ObjectContent | undefined>;
  /** Answers with an object that is being written, if it is small. */
  hold(id: string, object: ObjectContent): void;
}

/** Reads objects without a new process for each question: starting one stops the whole server for milliseconds. */
export interface Objects {
  /** For the questions of one task. */
  in(repository: string): Promise<ObjectReader>;
  /** Ends the processes. */
  close(): void;
}

interface Kept {
  /** Which folder it reads: another may have taken the path of one that was put aside. */
  readonly place: string;
  readonly process: ObjectProcess;
  /** Several look at one push, and ask the same of it. */
  readonly known: KnownObjects;
  timer?: NodeJS.Timeout;
}

const nothing: ObjectReader = {
  info: async () => undefined,
  contents: async () => undefined,
  hold() {},
};

const placeOf = async (repository: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(repository);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
};

/**
 * Keeps a git for each repository that was read lately.
 * @param keepMs for so long after the last question.
 * @param most at once; beyond, the one that was asked longest ago ends.
 */
export const keepObjects = (keepMs = 10_000, most = 8): Objects => {
  /** Those asked last come last. */
  const kept = new Map<string, Kept>();

  const end = (repository: string): void => {
    const one = kept.get(repository);
    if (!one) return;
    kept.delete(repository);
    clearTimeout(one.timer);
    one.process.end();
  };

  const makeRoom = (): boolean => {
    if (kept.size < most) return true;
    const oldest = [...kept].find(([, { process }]) => process.idle);
    if (oldest) end(oldest[0]);
    return oldest !== undefined;
  };

  const keptFor = (repository: string, place: string): Kept | undefined => {
    const known = kept.get(repository);
    if (known && (known.process.ended || known.place !== place)) end(repository);
    const found = kept.get(repository);
    if (!found && !makeRoom()) return undefined;
    const one: Kept = found ?? {
      place,
      process: new ObjectProcess(repository),
      known: new KnownObjects(),
    };
    kept.delete(repository);
    kept.set(repository, one);
    clearTimeout(one.timer);
    one.timer = setTimeout(() => {
      if (kept.get(repository) === one) end(repository);
    }, keepMs);
    one.timer.unref();
    return one;
  };

  return {
    async in(repository) {
      const place = await placeOf(repository);
      if (place === undefined) return nothing;
      const asked =
        <T>(ask: (kept: Kept, id: string) => Promise<T> | T) =>
        async (id: string): Promise<T | undefined> => {
          if (!isObjectId(id)) return undefined;
          try {
            const one = keptFor(repository, place);
            return one && (await ask(one, id));
          } catch {
            // git could not be started, or ended: asking it anew says why.
            return undefined;
          }
        };
      return {
        info: asked(({ process, known }, id) => known.get(id) ?? process.info(id)),
        contents: asked(
          async ({ process, known }, id) => known.get(id) ?? known.add(id, await process.contents(id)),
        ),
        hold: (id, object) => void keptFor(repository, place)?.known.add(id, object),
      };
    },
    close() {
      for (const repository of [...kept.keys()]) end(repository);
    },
  };
};
