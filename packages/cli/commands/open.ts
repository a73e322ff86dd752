import { spawn } from 'node:child_process';
import { PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

/** How a system opens an address; the address is one argument, never a command line. */
const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open' };

const openInBrowser = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const opener = openers[process.platform];
    if (!opener) return resolve(false);
    const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const { output } = invocation;
  const platform = await invocation.platform();
  const { url, status } = await platform.service(name, await invocation.team());
  if (!url || !/^https?:\/\//.test(url))
    throw new PlatformError('Unavailable', `${name} has no address yet: it is ${status}.`, {
      next: `See \`platform describe service ${name}\`.`,
    });
  if (output.machine) return output.document({ url });
  output.line(url);
  if (output.stdout.isTTY && !(await openInBrowser(url)))
    output.note('No browser could be started here: open the address yourself.');
};
