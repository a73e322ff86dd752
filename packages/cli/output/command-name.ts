import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to call this command in what people are told to type: from a fresh clone it is not in PATH. */
export const commandName = (env: NodeJS.ProcessEnv): string =>
  (env.PATH ?? '').split(delimiter).some(folder => folder !== '' && existsSync(join(folder, 'platform')))
    ? 'platform'
    : './platform';
