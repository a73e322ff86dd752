import type { SourceTree } from '@causeway/contracts';
import { serverFiles } from './node-start.ts';
import type { PackageJson } from './package-json.ts';

/** A package that is built and then has nothing to start, such as a Vite or Astro site: what it builds is served as files. */
export const isBuiltSite = async (source: SourceTree, { scripts, main }: PackageJson): Promise<boolean> => {
  if (!Object.hasOwn(scripts, 'build') || Object.hasOwn(scripts, 'start') || main !== undefined) return false;
  const starts = await Promise.all(['Procfile', ...serverFiles].map(file => source.exists(file)));
  return !starts.some(Boolean);
};
