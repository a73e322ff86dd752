import { setTimeout as delay } from 'node:timers/promises';
import type { FileSet } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { runGit } from '../program/run-git.ts';
import { identityVariables } from '../refs/identity.ts';
import { readRef } from '../refs/read-refs.ts';
import { branchRef } from '../refs/ref-name.ts';
import { pathProblem } from '../rules/path-problem.ts';

export interface FirstCommit {
  readonly files: FileSet;
  readonly by: string;
  readonly message: string;
}

/** How often a first commit is tried. */
const attempts = 5;

const data = (content: Uint8Array): Buffer[] => [
  Buffer.from(`data ${content.length}\n`),
  Buffer.from(content),
  Buffer.from('\n'),
];

const quoted = (path: string): string => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** The commit as a stream for git-fast-import(1). */
const commitStream = (ref: string, { files, by, message }: FirstCommit, now: Date): Buffer => {
  const name = by.replace(/[\p{Cc}<>]/gu, '');
  const who = `${name} <${name.includes('@') ? name : `${name}@localhost`}> ${Math.floor(now.getTime() / 1000)} +0000`;
  return Buffer.concat([
    Buffer.from(`commit ${ref}\nauthor ${who}\ncommitter ${who}\n`),
    ...data(Buffer.from(message)),
    ...[...files].flatMap(([path, file]) => [
      Buffer.from(`M ${file.executable ? '100755' : '100644'} inline ${quoted(path)}\n`),
      ...data(file.content),
    ]),
    Buffer.from('done\n'),
  ]);
};

/**
 * Commits the files to a branch that does not exist yet, as a push by `by`. The branch appears at once and
 * last, so a call that was killed leaves nothing but unused objects, and the next one does it all. Does
 * nothing when the branch exists.
 */
export const makeFirstCommit = async (
  repository: string,
  branch: string,
  first: FirstCommit,
  now: Date,
): Promise<void> => {
  const ref = branchRef(branch);
  if ((await readRef(repository, ref)) !== undefined) return;
  for (const path of first.files.keys()) {
    const problem = pathProblem(path);
    if (problem !== undefined) {
      throw new PlatformError(
        'Invalid',
        `The file ${JSON.stringify(path)} cannot be committed: ${problem.why}`,
        {
          next: problem.next,
        },
      );
    }
  }
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await runGit(['fast-import', '--quiet', '--done', '--date-format=raw'], {
      repository,
      variables: identityVariables(first.by),
      input: commitStream(ref, first, now),
    });
    // A failure does not matter when somebody else was quicker: git refuses to replace their branch.
    if (outcome.status === 0 || (await readRef(repository, ref)) !== undefined) return;
    // Whoever makes the same commit at the same moment makes the same pack, and git gives its name to one only: the
    // other fails before the branch is there.
    if (attempt === attempts) {
      throw new PlatformError('Internal', `The first commit of ${ref} in ${repository} failed`, {
        evidence: outcome.stderr.trim().split('\n').slice(-10),
      });
    }
    await delay(attempt * 100);
  }
};
