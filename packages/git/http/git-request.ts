import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RepositoryId } from '@causeway/contracts';
import { isDnsLabel } from '@causeway/model';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

/** A request of git's smart HTTP protocol, gitprotocol-http(5). */
export interface GitRequest {
  readonly id: RepositoryId;
  readonly service: GitService;
  /** `advertise` is GET info/refs, `call` the POST that follows. */
  readonly phase: 'advertise' | 'call';
}

/** A request that its sender may make. */
export interface GitCall {
  readonly wanted: GitRequest;
  readonly user: string;
  /** The path of the repository, which exists. */
  readonly repository: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Refusal {
  readonly status: number;
  readonly words: string;
}

const services = new Set<string>(['git-upload-pack', 'git-receive-pack'] satisfies GitService[]);
const isService = (name: string): name is GitService => services.has(name);

/** `..`, escapes and further folders do not match, so what comes out names a repository or nothing. */
const shape = /^\/git\/([^/%]+)\/([^/%]+)\.git\/(.+)$/;

/**
 * Reads method and URL. The dumb protocol and everything else that is not smart HTTP is a refusal in words.
 */
export const parseGitRequest = (method: string, url: string): GitRequest | Refusal => {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const [, team = '', service = '', rest = ''] = shape.exec(path) ?? [];
  if (!isDnsLabel(team) || !isDnsLabel(service)) {
    return { status: 404, words: 'No repository is named so. Clone URLs look like /git/TEAM/SERVICE.git.' };
  }
  const id = { team, service };
  if (rest === 'info/refs') {
    const name = query.get('service') ?? '';
    if (method !== 'GET') return { status: 405, words: 'info/refs is read with GET.' };
    if (isService(name)) return { id, service: name, phase: 'advertise' };
    return { status: 403, words: 'Only the smart HTTP protocol is served. Use a git of this decade.' };
  }
  if (!isService(rest)) return { status: 404, words: 'Only the smart HTTP protocol is served here.' };
  if (method !== 'POST') return { status: 405, words: `${rest} is called with POST.` };
  return { id, service: rest, phase: 'call' };
};
