import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A bare repository that a test commits to with git’s plumbing. */
export interface GitFolder {
  git(...args: string[]): Promise<string>;
  /** The newest commit of each branch. */
  readonly heads: ReadonlyMap<string, string>;
  /** Sets files in a branch, made from main if there is none; returns the commit. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];

export const createGitFolder = async (): Promise<GitFolder> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-github-'));
  const run = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const all = [...who, '--git-dir', folder, ...args];
      const child = execFile('git', all, { env: { ...process.env, ...env } }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trimEnd()),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  await run(['init', '--bare', '--quiet', '--initial-branch=main', folder]);
  const git = (...args: string[]) => run(args);
  const heads = new Map<string, string>();
  return {
    git,
    heads,
    async commit(branch, files) {
      const parent = heads.get(branch) ?? heads.get('main') ?? '';
      const index = { GIT_INDEX_FILE: join(folder, 'test-index') };
      await run(['read-tree', ...(parent ? [parent] : ['--empty'])], '', index);
      for (const [path, text] of Object.entries(files)) {
        const blob = await run(['hash-object', '-w', '--stdin'], text);
        await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], '', index);
      }
      const tree = await run(['write-tree'], '', index);
      const commit = await git('commit-tree', tree, '-m', 'change', ...(parent ? ['-p', parent] : []));
      await git('update-ref', `refs/heads/${branch}`, commit);
      heads.set(branch, commit);
      return commit;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
