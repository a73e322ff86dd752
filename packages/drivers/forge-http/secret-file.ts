import { readFile } from 'node:fs/promises';
import { PlatformError } from '@causeway/model';

/** The first line of a file that holds a secret. Throws `Unavailable` with the file, never with what it holds. */
export const readSecretFile = async (file: string, what: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PlatformError('Unavailable', `${what} cannot be read: ${file}: ${error.code ?? 'error'}`, {
      next: 'Put it into the file that the configuration names, readable by the platform alone.',
    });
  });
  const [secret = ''] = text.trim().split('\n');
  if (secret === '')
    throw new PlatformError('Unavailable', `${what} is missing: ${file} is empty`, {
      next: 'Put it into the file that the configuration names.',
    });
  return secret;
};
