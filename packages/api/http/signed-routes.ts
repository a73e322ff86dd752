import type { IncomingHttpHeaders } from 'node:http';
import { type Call, sendJson } from './call.ts';
import type { FoundRoute } from './plain-routes.ts';
import { readBody } from './read-body.ts';

export interface SignedRequest {
  /** What stands for the `:name` parts of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** As it came, of at most 3 MiB: a signature is over bytes. */
  readonly body: Uint8Array;
}

/** An address for programs that have no token, such as the webhook of a forge. */
export interface SignedRoute {
  readonly method: 'POST';
  readonly path: string;
  /** Throws `Unauthenticated` unless the body is signed by who may send it. What it returns is the answer: accepted, done later. */
  handle(request: SignedRequest): Promise<unknown>;
}

const accepted = 202;

export const serveSignedRoute = async (
  call: Call,
  { route, parameters }: FoundRoute<SignedRoute>,
): Promise<void> => {
  call.notes.resource = route.path;
  const { headers } = call.request;
  const body = await readBody(call.request);
  sendJson(call, accepted, await route.handle({ parameters, headers, body }));
};
