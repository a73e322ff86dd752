import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { stringify } from 'yaml';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly write?: boolean;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** kubectl sends a token over HTTPS only; the API's port speaks both. */
const httpsOf = (server: string): string => server.replace(/^http:/, 'https:');

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output } = invocation;
  const data = await invocation.data();
  const { server, token, user = 'me', ca } = await invocation.credentials();
  if (token === undefined)
    throw new PlatformError('Unauthenticated', `You are not signed in to ${server}.`, {
      next: `Sign in: platform login --server ${server}`,
    });
  const local = server.startsWith('http:')
    ? await readFile(join(data, 'keys', 'ca.crt'), 'utf8').catch(() => undefined)
    : undefined;
  const trusted = ca ?? local;
  const configuration = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'causeway',
        cluster: {
          server: httpsOf(server),
          ...(trusted === undefined ? {} : { 'certificate-authority-data': base64(trusted) }),
        },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [
      { name: 'causeway', context: { cluster: 'causeway', user, namespace: await invocation.team() } },
    ],
    'current-context': 'causeway',
  };
  if (!options.write)
    return output.machine
      ? output.document(configuration)
      : void output.stdout.write(stringify(configuration));
  const path = join(data, 'credentials', 'kubeconfig');
  await mkdir(join(data, 'credentials'), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, stringify(configuration), { mode: 0o600 });
  await rename(unfinished, path);
  if (output.machine) return output.document({ path });
  output.line(`✔ Written to ${path}`);
  output.line(`  export KUBECONFIG=${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`);
};
