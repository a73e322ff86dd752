import { realpathSync, statSync } from 'node:fs';
import { PlatformError } from '@causeway/model';
import { findProgram } from './search-path.ts';

const howToGet: Readonly<Record<string, string>> = {
  go: 'Install Go (https://go.dev/doc/install; Debian: apt install golang-go)',
  node: 'Install Node.js (https://nodejs.org)',
  npm: 'Install Node.js with npm (https://nodejs.org; Debian: apt install npm)',
  python3: 'Install Python 3 with venv (https://www.python.org; Debian: apt install python3-venv)',
};

/** What tells one installation of a program from another without running it: the file, its size and when it was written. */
const identityOf = (file: string): string => {
  const path = realpathSync(file);
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${Math.trunc(mtimeMs)}`;
};

/**
 * The identity of each tool, a version where the plan gives one (`node 26.10.0`). Throws `ToolMissing` for one that is in none of the
 * folders. `elsewhere` are folders that the platform can see and the build's account cannot.
 */
export const requireTools = (
  tools: readonly string[],
  folders: readonly string[],
  elsewhere: readonly string[] = [],
): string[] =>
  [...new Set(tools)].map(tool => {
    const [name = '', version] = tool.split(' ');
    const file = findProgram(name, folders);
    if (file !== undefined) return version === undefined ? `${name} ${identityOf(file)}` : tool;
    const hidden = findProgram(name, elsewhere);
    const advice = howToGet[name] ?? `Install ${name}`;
    throw new PlatformError('ToolMissing', `${name} is not installed on this machine.`, {
      evidence: [
        `Looked in ${folders.join(', ')}`,
        ...(hidden === undefined ? [] : [`${hidden} is there, but in a folder that builds may not see.`]),
      ],
      next: `${advice}${hidden === undefined ? '' : ' outside of anybody’s home'}, then run \`platform deploy\`.`,
    });
  });
