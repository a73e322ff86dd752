import { type ChildProcess, spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { RepositoryId } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { gitEnvironment } from '../program/environment.ts';
import { identityVariables } from '../refs/identity.ts';
import type { GitRequest } from './git-request.ts';

/** What is the same for every request. */
export interface BackendSettings {
  /** The path of git-http-backend. */
  readonly program: string;
  readonly folder: string;
  readonly hooks: string;
  readonly pushBytes: number;
}

/** A running git-http-backend(1). */
export interface Backend {
  readonly id: RepositoryId;
  readonly user: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** The socket that the hooks of a push talk over. */
  readonly hooks: Duplex;
  /** Resolves when it has ended, with the last of what it said on stderr. */
  readonly ended: Promise<string>;
  /** Ends it and what it started. */
  kill(signal: NodeJS.Signals): void;
}

/** The headers that git's answer depends on. */
export const passedHeaders = (request: IncomingMessage): Record<string, string> => {
  const encoding = request.headers['content-encoding'];
  const protocol = request.headers['git-protocol'];
  const plain =
    typeof protocol === 'string' && /^[a-z0-9=:._-]{1,200}$/i.test(protocol) ? protocol : undefined;
  return {
    ...(encoding === undefined ? {} : { HTTP_CONTENT_ENCODING: encoding }),
    ...(plain === undefined ? {} : { GIT_PROTOCOL: plain, HTTP_GIT_PROTOCOL: plain }),
  };
};

const lastWords = 4096;

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    let words = '';
    child.once('error', error => resolve(error.message)).once('close', () => resolve(words.trim()));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-lastWords);
    });
  });

/**
 * Starts git-http-backend as the CGI program it is (RFC 3875). CONTENT_LENGTH is left out on purpose: git
 * then reads to the end of its input, which it gets without a copy in between. The process leads a group of
 * its own, so that an interrupt of the terminal that runs the platform does not reach a push, and so that it
 * can be ended with all it started.
 */
export const startBackend = (
  settings: BackendSettings,
  { id, service, phase }: GitRequest,
  user: string,
  headers: Readonly<Record<string, string>>,
): Backend => {
  const call = phase === 'call';
  const child = spawn(settings.program, [], {
    cwd: settings.folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: gitEnvironment(
      { 'core.hooksPath': settings.hooks, 'receive.maxInputSize': String(settings.pushBytes) },
      {
        ...identityVariables(user),
        ...headers,
        CAUSEWAY_SESSION: '3',
        GATEWAY_INTERFACE: 'CGI/1.1',
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROJECT_ROOT: settings.folder,
        PATH_INFO: `/${id.team}/${id.service}.git/${call ? service : 'info/refs'}`,
        QUERY_STRING: call ? '' : `service=${service}`,
        REMOTE_USER: user,
        REQUEST_METHOD: call ? 'POST' : 'GET',
        ...(call ? { CONTENT_TYPE: `application/x-${service}-request` } : {}),
      },
    ),
  });
  const ended = endOf(child);
  // So it is when the server has no more descriptors to give.
  if (child.stdio === undefined) {
    throw new PlatformError('Unavailable', 'git could not be started: the server has too many open files.');
  }
  const [stdin, stdout, stderr, hooks] = child.stdio as unknown as [Writable, Readable, Readable, Duplex];
  // git may end before it has read or written everything; how it ended tells what happened.
  for (const stream of [stdin, stdout, stderr, hooks]) stream.on('error', () => {});
  return {
    id,
    user,
    stdin,
    stdout,
    hooks,
    ended,
    kill(signal) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has just ended.
      }
    },
  };
};
