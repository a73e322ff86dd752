import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A commit of exactly these files, made by git’s plumbing in a bare repository, with the reflog entry that a push leaves. */
export const pushFiles = async (
  repository: string,
  files: Readonly<Record<string, string>>,
  by = 'alice',
  branch = 'main',
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-index-'));
  const who = { NAME: by, EMAIL: `${by}@example.com` };
  const env = {
    ...process.env,
    GIT_INDEX_FILE: join(folder, 'index'),
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap(role =>
        Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
      ),
    ),
  };
  const git = (args: readonly string[], input = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = execFile('git', ['--git-dir', repository, ...args], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trim()),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  try {
    const entries = await Promise.all(
      Object.entries(files).map(async ([path, text]) => {
        const blob = await git(['hash-object', '-w', '--stdin'], text);
        return `100644 ${blob}\t${path}\n`;
      }),
    );
    await git(['update-index', '--index-info'], entries.join(''));
    const tree = await git(['write-tree']);
    const parent = await git(['rev-parse', '--verify', '-q', `refs/heads/${branch}`]).catch(() => '');
    const commit = await git(['commit-tree', tree, '-m', 'A change', ...(parent ? ['-p', parent] : [])]);
    await git(['update-ref', '-m', 'push', `refs/heads/${branch}`, commit]);
    return commit;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
