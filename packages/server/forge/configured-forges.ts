import { isAbsolute, join } from 'node:path';
import type { ConfiguredForge } from '@causeway/capabilities';
import { createGiteaForge, createGitHubForge } from '@causeway/drivers';
import type { Configuration } from '../configuration.ts';

const drivers = { github: createGitHubForge, gitea: createGiteaForge } as const;

/** The forges that the configuration names. Files whose path is not absolute lie in DATA. */
export const configuredForges = (
  configuration: Pick<Configuration, 'forges'>,
  data: string,
): readonly ConfiguredForge[] => {
  const inData = (file: string): string => (isAbsolute(file) ? file : join(data, file));
  return configuration.forges.map(({ type, name, url, tokenFile, webhookSecretFile, teams }) => ({
    forge: drivers[type]({
      name,
      url,
      tokenFile: inData(tokenFile),
      webhookSecretFile: inData(webhookSecretFile),
    }),
    ...(teams === undefined ? {} : { teams }),
  }));
};
