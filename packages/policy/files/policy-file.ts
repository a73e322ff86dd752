import type { PolicyModule, PolicySource } from '@causeway/contracts';
import type { Exception, Policy } from '@causeway/model';
import type { Position } from './documents.ts';

/** A text as it lies in a folder; the path is relative to it, with slashes. */
export interface FolderFile {
  readonly path: string;
  readonly text: string;
}

/** A policy as files say it. */
export interface FilePolicy {
  readonly name: string;
  readonly spec: Policy['spec'];
  /** What judges. */
  readonly source: PolicySource;
  /** What only tests it. */
  readonly testModules: readonly PolicyModule[];
  /** Where it is declared. */
  readonly file: string;
  /** The file of each of its modules, by the module’s name; of those that are files. */
  readonly moduleFiles: Readonly<Record<string, string>>;
}

export interface PolicyFolder {
  /** In the order of their names. */
  readonly policies: readonly FilePolicy[];
  readonly exceptions: readonly Exception[];
}

export interface FolderFault extends Position {
  readonly file: string;
  readonly message: string;
}

/** A policy with the tests that lie beside it. */
export const testSourceOf = ({ source, testModules }: FilePolicy): PolicySource => ({
  ...source,
  modules: [...source.modules, ...testModules],
});
