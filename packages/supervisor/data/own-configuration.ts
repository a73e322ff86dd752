import { readFile } from 'node:fs/promises';
import { DnsLabel, PlatformError } from '@causeway/model';
import { parse } from 'yaml';
import { dataPaths } from './paths.ts';

/** What of config.yaml concerns the one who starts the platform; the server checks the rest. */
export interface OwnConfiguration {
  readonly databaseUrl?: string;
  readonly defaultTeam?: string;
}

/** Throws `DataUnusable` when the file cannot be read, `Invalid` when it is not YAML. */
export const ownConfiguration = async (data: string): Promise<OwnConfiguration> => {
  const { configuration: file } = dataPaths(data);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new PlatformError('DataUnusable', `${file} cannot be read (${error.code}).`, { cause: error });
  });
  let document: { database?: { url?: unknown } | null; defaultTeam?: unknown } | null;
  try {
    document = parse(text, { maxAliasCount: 10 });
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new PlatformError('Invalid', `${file} is not YAML: ${first}`);
  }
  const url = document?.database?.url;
  const team = DnsLabel.safeParse(document?.defaultTeam);
  return {
    ...(url === undefined || url === null ? {} : { databaseUrl: String(url) }),
    ...(team.success ? { defaultTeam: team.data } : {}),
  };
};
