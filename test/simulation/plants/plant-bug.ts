import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import { harmless, plants, type Replacement } from './plants.ts';

const engine = new URL('../../../packages/engine/', import.meta.url);

/** Replaces text as a file of the engine is imported. The text must be there exactly once, or the bug is not planted at all. */
export const replaceAtImport = (replaced: readonly Replacement[]): void => {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const here = replaced.filter(({ file }) => url === new URL(file, engine).href);
      if (here.length === 0) return loaded;
      let source = String(loaded.source);
      for (const { text, by } of here) {
        const parts = source.split(text);
        if (parts.length !== 2)
          throw new Error(`${fileURLToPath(url)} holds ${parts.length - 1} times, not once: ${text}`);
        source = parts.join(by);
      }
      return { ...loaded, source };
    },
  });
};

/** Plants a bug, before the engine is imported; the result is its database, if it is one of the database. */
export const plantBug = async (
  name: string,
): Promise<((scheduler: Scheduler, random: Random) => DatabaseServer) | undefined> => {
  const plant = plants[name] ?? harmless[name];
  if (!plant) throw new Error(`no bug is called ${name}`);
  if (plant.replace) replaceAtImport(plant.replace);
  return plant.createDatabase?.();
};
