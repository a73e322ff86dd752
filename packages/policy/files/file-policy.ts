import { basename } from 'node:path/posix';
import type { Policy } from '@causeway/model';
import { sourceOf } from '../judge/judging-policy.ts';
import type { FilePolicy, FolderFile } from './policy-file.ts';

interface Parts {
  /** The files that hold its text; none when the declaration does. */
  readonly modules: readonly FolderFile[];
  readonly tests: readonly FolderFile[];
}

const moduleOf = ({ path, text }: FolderFile) => ({ name: basename(path), source: text });

/** Texts as a Policy has them: one alone is inline. */
export const sourceOfFiles = (modules: readonly FolderFile[]): Policy['spec']['source'] => {
  const [first, ...rest] = modules;
  return first && rest.length === 0 ? { inline: first.text } : { modules: modules.map(moduleOf) };
};

/** A policy as it would be judged by once it is an object: its modules have the names that they have there. */
export const filePolicy = (
  name: string,
  spec: Policy['spec'],
  file: string,
  { modules, tests }: Parts,
): FilePolicy => {
  const source = sourceOf({ spec, status: {} }) ?? { engine: spec.engine, modules: [] };
  return {
    name,
    spec,
    source,
    testModules: tests.map(moduleOf),
    file,
    moduleFiles: Object.fromEntries([
      ...modules.map(({ path }, index) => [source.modules[index]?.name, path]),
      ...tests.map(({ path }) => [basename(path), path]),
    ]),
  };
};
