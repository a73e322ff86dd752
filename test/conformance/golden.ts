import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Observation } from './run-script.ts';

/** The transcripts of the real server: a file for each chapter. */
const folder = path.join(import.meta.dirname, 'golden');

export const readGolden = async (chapter: string): Promise<readonly Observation[]> =>
  parse(await readFile(path.join(folder, `${chapter}.yaml`), 'utf8'), { maxAliasCount: 0 }) as Observation[];

export const writeGolden = async (
  transcripts: ReadonlyMap<string, readonly Observation[]>,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder))
    if (!transcripts.has(path.basename(file, '.yaml'))) await rm(path.join(folder, file));
  for (const [chapter, observations] of transcripts)
    await writeFile(
      path.join(folder, `${chapter}.yaml`),
      stringify(observations, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
};
