import { type BackendSettings, passedHeaders, startBackend } from './backend.ts';
import { readCgiHead } from './cgi-head.ts';
import { feed, goneSignal } from './client.ts';
import type { GitCall } from './git-request.ts';
import { refuseSilence } from './refuse.ts';

/** A request that git answers alone: clone, fetch, pull. A client that goes ends it. */
export const serveFetch = async (
  settings: BackendSettings,
  { wanted, user, request, response }: GitCall,
): Promise<void> => {
  const backend = startBackend(settings, wanted, user, passedHeaders(request));
  backend.hooks.destroy();
  goneSignal(response).addEventListener('abort', () => backend.kill('SIGTERM'));
  feed(request, backend);
  const head = await readCgiHead(backend.stdout);
  if (head === undefined) return refuseSilence(response, await backend.ended);
  response.writeHead(head.status, head.headers);
  backend.stdout.pipe(response);
  await backend.ended;
};
