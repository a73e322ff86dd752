import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { openInBrowser } from '../output/open-in-browser.ts';

/**
 * A page that only its owner can read and that leads on to the portal, signed in. The token must not be an argument of
 * the program that opens the browser: arguments are readable by everyone on the machine.
 */
const signInPage = async (data: string, server: string, token: string): Promise<string> => {
  const file = join(data, 'credentials', 'portal.html');
  const target = JSON.stringify(`${server}/#token=${encodeURIComponent(token)}`).replaceAll('<', '\\u003c');
  await rm(file, { force: true });
  await writeFile(
    file,
    `<!doctype html><title>Causeway</title><script>location.replace(${target})</script>\n`,
    { mode: 0o600 },
  );
  return file;
};

const openPortal = async (invocation: Invocation): Promise<void> => {
  const { output } = invocation;
  const { server, token = '' } = await invocation.credentials();
  if (output.machine) return output.document({ url: server });
  output.line(server);
  if (!output.stdout.isTTY) return;
  if (!(await openInBrowser(await signInPage(await invocation.data(), server, token))))
    output.note(
      'No browser could be started here: open the address yourself; it asks for the token that `platform login` was given.',
    );
};

export const run = async (invocation: Invocation, name: string | undefined): Promise<void> => {
  if (name === undefined) return openPortal(invocation);
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
