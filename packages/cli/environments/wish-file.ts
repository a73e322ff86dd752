import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { defaultPlatformFolder, PlatformError } from '@causeway/model';

/** Where files of the platform lie in a repository, when this is one that has some. */
export const suggestedFile = async (name: string): Promise<string> => {
  const found = await stat(defaultPlatformFolder).catch(() => undefined);
  return found?.isDirectory() ? `${defaultPlatformFolder}/${name}.yaml` : `${name}.yaml`;
};

/** Writes a file that is not there, or may be replaced. */
export const writeFileAnew = async (
  file: string,
  text: string,
  mayReplace: () => Promise<boolean>,
): Promise<void> => {
  if ((await stat(file).catch(() => undefined)) && !(await mayReplace()))
    throw new PlatformError('Usage', `${file} was left as it is.`, {
      next: 'Name another file: --file FILE',
    });
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new PlatformError('Usage', `${file} cannot be written.`, {
      evidence: [(error as Error).message],
      next: 'Name another file: --file FILE',
    });
  }
};
