import { readFile } from 'node:fs/promises';
import { PlatformError } from '@causeway/model';
import { parse } from 'yaml';
import { dataPaths } from './paths.ts';

/** The PostgreSQL of somebody else that is to be used: `database.url` of config.yaml, else DATABASE_URL; `undefined` for the embedded one. */
export const externalDatabase = async (data: string, env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const { configuration } = dataPaths(data);
  const text = await readFile(configuration, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new PlatformError('DataUnusable', `${configuration} cannot be read (${error.code}).`, {
      cause: error,
    });
  });
  const [from, url] = configured(text, configuration) ?? ['DATABASE_URL', env.DATABASE_URL];
  if (url === undefined || url === '') return undefined;
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return url;
  // The value stays out of the message: it holds a password.
  throw new PlatformError('Invalid', `${from} is not the URL of a PostgreSQL database.`, {
    next: 'Write it as postgresql://user:password@host:5432/database, or leave it out to use the embedded one.',
  });
};

const configured = (text: string, file: string): [string, string] | undefined => {
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 10 });
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new PlatformError('Invalid', `${file} is not YAML: ${first}`);
  }
  const url = (document as { database?: { url?: unknown } } | null)?.database?.url;
  return url === undefined || url === null ? undefined : [`database.url in ${file}`, String(url)];
};
