import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ApiGroups, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

export interface ApiGroupOptions {
  readonly apiGroup?: readonly string[];
}

const checked = (groups: unknown, where: string): readonly string[] => {
  const { data, error } = ApiGroups.safeParse(groups);
  if (data) return data;
  throw new PlatformError('Usage', `${where}: ${error.issues.map(({ message }) => message).join('; ')}`, {
    next: 'Name groups of your own, such as platform.example.com.',
  });
};

/**
 * In which groups files may name kinds of ours as well: what the options say, else the configuration of the platform on this
 * machine, if there is one.
 */
export const givenApiGroups = async ({
  options,
  env,
}: Pick<Invocation<ApiGroupOptions>, 'options' | 'env'>): Promise<readonly string[]> => {
  if (options.apiGroup) return checked(options.apiGroup, '--api-group');
  // Found as the client finds it, which is not loaded for that: whoever validates files needs no platform.
  const file = join(options.data || env.CAUSEWAY_HOME || join(homedir(), '.causeway'), 'config.yaml');
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!/^apiGroups/m.test(text)) return [];
  const { parse } = await import('yaml');
  return checked((parse(text, { maxAliasCount: 10 }) as { apiGroups?: unknown }).apiGroups ?? [], file);
};
