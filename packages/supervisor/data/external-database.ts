import { PlatformError } from '@causeway/model';
import { ownConfiguration } from './own-configuration.ts';
import { dataPaths } from './paths.ts';

/** A list of hosts, of which the primary is used, is no URL for others than PostgreSQL. */
const withOneHost = (url: string): string =>
  url.replace(/^([a-z]+:\/\/(?:[^/?#]*@)?[^/?#@,]*),[^/?#@]*/i, '$1');

/** The PostgreSQL of somebody else that is to be used: `database.url` of config.yaml, else DATABASE_URL; `undefined` for the embedded one. */
export const externalDatabase = async (data: string, env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const { databaseUrl } = await ownConfiguration(data);
  const from =
    databaseUrl === undefined ? 'DATABASE_URL' : `database.url in ${dataPaths(data).configuration}`;
  const url = databaseUrl ?? env.DATABASE_URL;
  if (url === undefined || url === '') return undefined;
  if (/^postgres(ql)?:\/\//i.test(url) && URL.canParse(withOneHost(url))) return url;
  // The value stays out of the message: it holds a password.
  throw new PlatformError('Invalid', `${from} is not the URL of a PostgreSQL database.`, {
    next: 'Write it as postgresql://user:password@host:5432/database, or leave it out to use the embedded one.',
  });
};
