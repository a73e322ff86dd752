import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { toPlatformError } from '@causeway/model';
import type { Authenticate, Authorize, Judge, Report } from '../ports.ts';
import { findHttpBackend } from '../program/http-backend.ts';
import { installHooks } from '../push/install-hooks.ts';
import { repositoryPath } from '../repositories/repository-path.ts';
import { type GitRequest, parseGitRequest } from './git-request.ts';
import { refuse } from './refuse.ts';
import { serveFetch } from './serve-fetch.ts';
import { PushServer } from './serve-push.ts';

export interface GitLimits {
  /** The most a push may hold, bytes as sent. Default 64 MiB. */
  readonly pushBytes?: number;
}

export interface GitHttpOptions {
  /** Where the repositories lie: the same as for `createRepositories`. */
  readonly folder: string;
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  readonly judge: Judge;
  readonly report: Report;
  readonly limits?: GitLimits;
}

/** Answers one request. Resolves when it is over, tidying up included. Never throws. */
export type GitHttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const realm = { 'WWW-Authenticate': 'Basic realm="Causeway", charset="UTF-8"' };

const notFound = ({ id }: GitRequest): string =>
  `There is no repository ${id.team}/${id.service}, or you may not see it. platform get service ${id.service} -o json has its clone URL.`;

const exists = async (repository: string): Promise<boolean> => {
  try {
    await access(`${repository}/HEAD`, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Serves `/git/TEAM/SERVICE.git/…`: git's smart HTTP protocol, by git-http-backend. The server's
 * `requestTimeout` bounds how long a push may take to arrive. Throws `Unsupported` when git or its
 * http-backend is missing, `DataUnusable` when hooks could not run.
 */
export const createGitHttpHandler = (options: GitHttpOptions): GitHttpHandler => {
  const folder = resolve(options.folder);
  const settings = {
    program: findHttpBackend(),
    folder,
    hooks: installHooks(folder),
    pushBytes: options.limits?.pushBytes ?? 64 * 1024 * 1024,
  };
  const pushes = new PushServer(settings, options);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parsed = parseGitRequest(request.method ?? '', request.url ?? '');
    if ('words' in parsed) return refuse(response, parsed.status, parsed.words);
    const caller = await options.authenticate(request.headers.authorization);
    if (caller === undefined) {
      return refuse(response, 401, 'Sign in with platform login, or give your token as the password.', realm);
    }
    const action = parsed.service === 'git-receive-pack' ? 'write' : 'read';
    if (!(await options.authorize(caller.user, parsed.id, action))) {
      const seen = action === 'write' && (await options.authorize(caller.user, parsed.id, 'read'));
      if (!seen) return refuse(response, 404, notFound(parsed));
      return refuse(
        response,
        403,
        `${caller.user} may read ${parsed.id.team}/${parsed.id.service} but not push to it. Ask an owner of the team.`,
      );
    }
    const repository = repositoryPath(folder, parsed.id);
    if (!(await exists(repository))) return refuse(response, 404, notFound(parsed));
    const expected = `application/x-${parsed.service}-request`;
    if (parsed.phase === 'call' && request.headers['content-type'] !== expected) {
      return refuse(response, 415, `The body must be ${expected}.`);
    }
    const call = { wanted: parsed, user: caller.user, repository, request, response };
    if (action === 'read') return serveFetch(settings, call);
    return parsed.phase === 'advertise' ? pushes.advertise(call) : pushes.receive(call);
  };

  return async (request, response) => {
    try {
      await handle(request, response);
    } catch (error) {
      const { entry, message, next } = toPlatformError(error);
      refuse(response, entry.status, `${message}\n${next}`);
    }
  };
};
