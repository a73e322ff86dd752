import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type ConfiguredForge, forgeOf } from '@causeway/capabilities';
import type { RemoteRepositories } from '@causeway/contracts';
import { createRemotes, type RemoteCredential } from '@causeway/git';
import { platformTeam } from '@causeway/model';
import type { Configuration } from '../configuration.ts';

/** A token in place of a password says who it is by itself. */
const tokenUser = 'x-access-token';

/** Repositories elsewhere as the configuration allows them; those in its forges with the forge’s own token. */
export const configuredRemotes = (
  { sources: { protocols, credentials }, forges: configured }: Pick<Configuration, 'sources' | 'forges'>,
  forges: readonly ConfiguredForge[],
  data: string,
): RemoteRepositories => {
  const secretIn = (file: string) => async (): Promise<string> =>
    (await readFile(isAbsolute(file) ? file : join(data, file), 'utf8')).trim();
  const ofForges = configured.map(
    ({ name, url, tokenFile }): RemoteCredential => ({
      url,
      username: tokenUser,
      password: secretIn(tokenFile),
      allows: (team, address) =>
        forgeOf(
          forges.filter(({ forge }) => forge.name === name),
          { metadata: { namespace: team }, spec: { url: address.href } },
        )?.allowed === true,
    }),
  );
  const own = credentials.map(
    ({ url, username, passwordFile, teams }): RemoteCredential => ({
      url,
      username,
      password: secretIn(passwordFile),
      allows: team => teams === 'all' || (teams ?? [platformTeam]).includes(team),
    }),
  );
  return createRemotes({ folder: join(data, 'sources'), protocols, credentials: [...own, ...ofForges] });
};
