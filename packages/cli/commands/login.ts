import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import {
  adminCredentialsPath,
  type Client,
  createClient,
  defaultTeam,
  storedCredentials,
  userCredentialsPath,
} from '@causeway/client';
import { PlatformError } from '@causeway/model';
import { configureGit } from '../git-credentials/configure-git.ts';
import type { Invocation } from '../invocation.ts';
import { canAsk } from '../output/confirm.ts';
import { readSecret } from '../output/read-secret.ts';

interface Options {
  readonly server?: string;
  readonly tokenStdin?: boolean;
  readonly ca?: string;
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

const tokenFrom = async (
  { options, output, stdin, signal }: Invocation<Options>,
  server: string,
): Promise<string> => {
  const asking = { stdin, stderr: output.stderr, signal };
  if (!options.tokenStdin && !canAsk(asking))
    throw new PlatformError('Usage', 'There is no terminal to ask for the token on.', {
      next: 'Give it on standard input: platform login --token-stdin < FILE',
    });
  const token = (
    options.tokenStdin ? await readAll(stdin) : await readSecret(asking, `Token for ${server}: `)
  ).trim();
  // What may stand in an Authorization header (RFC 6750).
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token;
  throw new PlatformError('Usage', token === '' ? 'No token was given.' : 'That is not a token.', {
    next: 'Ask whoever runs the platform for one.',
  });
};

const readCa = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  const content = await readFile(file, 'utf8').catch(error => {
    throw new PlatformError('Usage', `Cannot read ${file}.`, {
      evidence: [error.message],
      next: 'Check the path of --ca.',
    });
  });
  if (content.includes('-----BEGIN CERTIFICATE-----')) return content;
  throw new PlatformError('Usage', `${file} holds no PEM certificate.`, {
    next: 'Give a file that begins with -----BEGIN CERTIFICATE-----.',
  });
};

/** The team that the server thinks is meant where none is named. */
const ownTeam = async (client: Client, signal: AbortSignal): Promise<string> => {
  const { team } = (await client.request('GET', '/api/self', undefined, { signal })) as { team?: unknown };
  return typeof team === 'string' ? team : defaultTeam;
};

interface Review {
  readonly status: { readonly userInfo: { readonly username: string } };
}

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, signal } = invocation;
  const data = await invocation.data();
  const stored = await storedCredentials(data).catch(() => undefined);
  const server = (options.server ?? stored?.server)?.replace(/\/+$/, '');
  if (server === undefined)
    throw new PlatformError('Usage', 'Which platform?', { next: 'platform login --server URL' });
  const own = await readFile(adminCredentialsPath(data), 'utf8').then(
    content => (JSON.parse(content) as { server?: string }).server,
    () => undefined,
  );
  if (own !== undefined && own !== server)
    throw new PlatformError('Usage', `${data} is the folder of a platform on this machine (${own}).`, {
      next: `Keep the other in a folder of its own: platform login --data DIR --server ${server}`,
    });
  const { protocol, hostname } = URL.canParse(server) ? new URL(server) : { protocol: '', hostname: '' };
  if (protocol === 'http:' && !loopback.test(hostname))
    output.warn(`${server} is not encrypted: whoever listens on the way can read the token. Use https.`);
  const ca = (await readCa(options.ca)) ?? (stored?.server === server ? stored.ca : undefined);
  const credentials = {
    server,
    token: await tokenFrom(invocation, server),
    ...(ca === undefined ? {} : { ca }),
  };

  const client = createClient(credentials);
  const review = (await client.request(
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    { signal },
  )) as Review;
  const user = review.status.userInfo.username;
  const known = stored?.server === server && stored.user === user ? stored.team : undefined;
  const team = options.team ?? known ?? (await ownTeam(client, signal));

  const path = userCredentialsPath(data);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify({ ...credentials, user, team }, null, 2)}\n`, {
    mode: 0o600,
  });
  await rename(unfinished, path);
  const git = await configureGit(data, { server, user }, invocation.env);
  if (output.machine) return output.document({ server, user, team });
  output.line(`✔ Signed in to ${server} as ${user}, team ${team}`);
  if (!git.configured) output.note(git.hint);
};
