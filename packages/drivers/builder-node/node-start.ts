import { posix } from 'node:path';
import type { SourceTree } from '@causeway/contracts';
import type { PackageJson } from './package-json.ts';
import { scriptLine } from './script-line.ts';

/** Looked for in this order when nothing says what to start. */
export const serverFiles = ['server', 'index', 'app'].flatMap(name =>
  ['js', 'mjs', 'cjs', 'ts', 'mts'].map(extension => `${name}.${extension}`),
);

/** A word as the shell reads it back, whatever is in it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const nodeLine = (path: string): string => `node ${quoted(path.startsWith('-') ? `./${path}` : path)}`;

/** The file that `main` means, if it is there or a build may make it. */
const mainFile = async (source: SourceTree, main: string, built: boolean): Promise<string | undefined> => {
  const path = posix.normalize(main).replace(/\/$/, '');
  if (path.startsWith('../') || path.startsWith('/')) return undefined;
  for (const candidate of [path, `${path}.js`, `${path}/index.js`])
    if ((await source.read(candidate)) !== undefined) return candidate;
  return built ? path : undefined;
};

/** The command line of the web process, or `undefined` when nothing says it. */
export const nodeStart = async (source: SourceTree, manifest?: PackageJson): Promise<string | undefined> => {
  const script = manifest && scriptLine(manifest, 'start');
  if (script !== undefined) return script;
  const main =
    manifest?.main && (await mainFile(source, manifest.main, Object.hasOwn(manifest.scripts, 'build')));
  if (main) return nodeLine(main);
  for (const file of serverFiles) if (await source.exists(file)) return nodeLine(file);
  return undefined;
};
