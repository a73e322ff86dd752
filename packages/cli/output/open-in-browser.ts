import { spawn } from 'node:child_process';

/** How a system opens an address; the address is one argument, never a command line. */
const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open' };

/** Whether a browser was started. */
export const openInBrowser = (url: string): Promise<boolean> =>
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
