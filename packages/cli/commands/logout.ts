import { readFile, rm } from 'node:fs/promises';
import { adminCredentialsPath, userCredentialsPath } from '@causeway/client';
import { unconfigureGit } from '../git-credentials/configure-git.ts';
import type { Invocation } from '../invocation.ts';

const parsed = async (file: string): Promise<{ server?: string; user?: string } | undefined> =>
  readFile(file, 'utf8').then(
    text => JSON.parse(text),
    () => undefined,
  );

/** Forgets what `login` kept. The token stays valid elsewhere until it ends or is revoked. */
export const run = async (invocation: Invocation): Promise<void> => {
  const { output, env } = invocation;
  const data = await invocation.data();
  const file = userCredentialsPath(data);
  const signedIn = await parsed(file);
  const own = await parsed(adminCredentialsPath(data));
  await rm(file, { force: true });
  // In a platform’s own folder git goes on as the one who ran `up`.
  if (!own) await unconfigureGit(data, env);
  const { server, user } = signedIn ?? {};
  if (output.machine)
    return output.document({ ...(server ? { server } : {}), signedOut: signedIn !== undefined });
  if (!signedIn) return output.note('You are not signed in.');
  output.line(`✔ Signed out of ${server}${user ? ` as ${user}` : ''}`);
  if (own?.user) output.note(`Commands with this folder now act as ${own.user}, who ran \`platform up\`.`);
};
