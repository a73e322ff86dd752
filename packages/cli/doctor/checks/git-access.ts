import { storedCredentials } from '@causeway/client';
import { isGitConfigured } from '../../git-credentials/configure-git.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

export const gitAccess: Check = {
  name: 'git sign-in',
  async run({ data, env }) {
    const known = await storedCredentials(data).catch(() => undefined);
    if (!known) return skipped('You are not signed in to a platform.');
    if (await isGitConfigured(data, known, env))
      return ok(`git pushes to ${known.server} without a password.`);
    return warning(
      `git asks for a password when it pushes to ${known.server}.`,
      'Run `platform up` again (or `platform login`) with HOME set to a folder that can be written.',
    );
  },
};
