import { basename, extname } from 'node:path/posix';
import type { BundleReader, PolicyModule, SourceRepositories, TextFile } from '@causeway/contracts';
import { PlatformError, type Policy } from '@causeway/model';

/** A policy’s text as it lies in git or a bundle now. */
export interface ReadSource {
  readonly modules: readonly PolicyModule[];
  /** The commit, or the SHA-256 of the bundle. */
  readonly commit: string;
}

export interface SourceReaders {
  readonly repositories: Pick<SourceRepositories, 'resolve' | 'read'>;
  readonly bundles: BundleReader;
}

/** What a policy may consist of: as much as fits into its status. */
const limits = { files: 100, bytes: 500_000 };

const extensions: Readonly<Record<Policy['spec']['engine'], readonly string[]>> = {
  rego: ['.rego'],
  cel: ['.cel', '.yaml', '.yml'],
  kyverno: ['.yaml', '.yml'],
};

const isTest = (path: string): boolean => /_test\.rego$|^tests\.ya?ml$/.test(basename(path));

/** Those of the files that judge; what only tests them, and what is for people, is left out. */
const modulesOf = (
  files: readonly TextFile[],
  engine: Policy['spec']['engine'],
  from: string,
): readonly PolicyModule[] => {
  const judging = files
    .filter(({ path }) => extensions[engine].includes(extname(path)) && !isTest(path))
    .map(({ path, text }) => ({ name: path, source: text }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (judging.length === 0)
    throw new PlatformError('NotFound', `${from} holds no ${extensions[engine][0]} file that judges`);
  const bytes = judging.reduce((sum, { source }) => sum + source.length, 0);
  if (judging.length > limits.files || bytes > limits.bytes)
    throw new PlatformError(
      'TooLarge',
      `${from} holds ${judging.length} files of ${bytes} characters that judge; at most ${limits.files} of ${limits.bytes} are taken`,
    );
  return judging;
};

/**
 * Reads the text of a policy that lies in git or a bundle; `undefined` when it is still that of `known`. Throws `NotFound`,
 * `Invalid`, `TooLarge`, `Unavailable`.
 */
export const readSource = async (
  { source, engine }: Policy['spec'],
  { repositories, bundles }: SourceReaders,
  known: string | undefined,
  signal?: AbortSignal,
): Promise<ReadSource | undefined> => {
  if (source.git) {
    const { team, service, branch, path } = source.git;
    const id = { team, service };
    const commit = await repositories.resolve(id, `refs/heads/${branch}`);
    if (commit === undefined)
      throw new PlatformError('NotFound', `there is no branch ${branch} in ${team}/${service}`);
    if (commit === known) return undefined;
    const files = await repositories.read(id, commit, path, { files: 2000, bytes: 4 * 1024 ** 2 });
    return { commit, modules: modulesOf(files, engine, path) };
  }
  if (source.bundle) {
    const { url, sha256 } = source.bundle;
    if (sha256 === known) return undefined;
    return {
      commit: sha256,
      modules: modulesOf(await bundles.read(url, sha256, signal), engine, 'the bundle'),
    };
  }
  return undefined;
};
