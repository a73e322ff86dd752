import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, ok, problem } from '../check.ts';
import { runProgram } from '../program.ts';

const install = 'Install git: apt-get install git, dnf install git, brew install git.';

export const git: Check = {
  name: 'git',
  async run({ signal }) {
    const [version, folder] = await Promise.all([
      runProgram('git', ['--version'], signal),
      runProgram('git', ['--exec-path'], signal),
    ]);
    if (!version.ok) return problem('git is missing.', install, [version.why]);
    const backend = join(folder.stdout, 'git-http-backend');
    const there = await access(backend, constants.X_OK).then(
      () => true,
      () => false,
    );
    const name = version.stdout.replace('git version ', 'git ');
    if (there) return ok(`${name} with git-http-backend`);
    return problem(
      `${name} has no git-http-backend, which receives pushes.`,
      `${install} Some systems have it in a package of its own (git-daemon, git-http-backend).`,
      [`${backend} is not there`],
    );
  },
};
