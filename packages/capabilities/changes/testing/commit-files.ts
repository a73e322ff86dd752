import { execFile } from 'node:child_process';

export interface NewCommit {
  readonly branch: string;
  /** Where a branch that is not there begins. Default: main. */
  readonly from?: string;
  /** What is added or changed; `null` removes. */
  readonly files: Readonly<Record<string, string | Buffer | null>>;
  readonly by?: string;
  readonly message?: string;
  /** Instead of following what the branch points to. */
  readonly amend?: boolean;
}

/** Runs git in a bare repository as somebody. */
export const gitIn = (
  repository: string,
  by: string,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<string> =>
  new Promise((resolve, reject) => {
    const who = { NAME: by, EMAIL: `${by}@example.com` };
    const env = {
      ...process.env,
      GIT_AUTHOR_NAME: who.NAME,
      GIT_AUTHOR_EMAIL: who.EMAIL,
      GIT_COMMITTER_NAME: who.NAME,
      GIT_COMMITTER_EMAIL: who.EMAIL,
    };
    const child = execFile(
      'git',
      ['--git-dir', repository, ...args],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => (error ? reject(error) : resolve(stdout.trim())),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });

/** A commit on a branch, with the reflog entry that a push leaves. Returns its id. */
export const commitFiles = async (
  repository: string,
  { branch, from = 'main', files, by = 'alice', message = 'a change', amend = false }: NewCommit,
): Promise<string> => {
  const ref = `refs/heads/${branch}`;
  const before = await gitIn(repository, by, ['rev-parse', '--verify', '-q', ref]).catch(() => undefined);
  const tip = before ?? (await gitIn(repository, by, ['rev-parse', from]));
  const parent = amend ? await gitIn(repository, by, ['rev-parse', `${tip}^`]) : tip;
  const who = `${by} <${by}@example.com> ${Math.floor(Date.now() / 1000)} +0000`;
  const part = (text: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from(`data ${Buffer.byteLength(text)}\n`), Buffer.from(text), Buffer.from('\n')]);
  const stream = Buffer.concat([
    Buffer.from(`commit refs/test/new\nauthor ${who}\ncommitter ${who}\n`),
    part(message),
    Buffer.from(`from ${parent}\n`),
    ...Object.entries(files).flatMap(([path, content]) => [
      Buffer.from(content === null ? `D ${path}\n` : `M 100644 inline ${path}\n`),
      ...(content === null ? [] : [part(content)]),
    ]),
    Buffer.from('done\n'),
  ]);
  await gitIn(repository, by, ['fast-import', '--quiet', '--done', '--date-format=raw', '--force'], stream);
  const commit = await gitIn(repository, by, ['rev-parse', 'refs/test/new']);
  // As a push does: from where it was seen, or not at all.
  await gitIn(repository, by, ['update-ref', '-m', 'push', ref, commit, before ?? '0'.repeat(40)]);
  await gitIn(repository, by, ['update-ref', '-d', 'refs/test/new']);
  return commit;
};
