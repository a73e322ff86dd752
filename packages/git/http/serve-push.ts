import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@causeway/model';
import type { AcceptedPush, Judge, Report } from '../ports.ts';
import { followPush } from '../push/follow-push.ts';
import { hearPush } from '../push/hear-push.ts';
import { HookChannel } from '../push/hook-channel.ts';
import { judgingHook } from '../push/install-hooks.ts';
import { tidy } from '../repositories/tidy.ts';
import { advertise, advertisementHeaders, askCapabilities } from './advertisement.ts';
import { type Backend, type BackendSettings, passedHeaders, startBackend } from './backend.ts';
import { readCgiHead } from './cgi-head.ts';
import { feed, goneSignal } from './client.ts';
import type { GitCall, GitRequest } from './git-request.ts';
import { PreparedBackends } from './prepared-backends.ts';
import { refuseSilence } from './refuse.ts';
import { relayAnswer, relayLines } from './relay-push.ts';
import { serveFetch } from './serve-fetch.ts';

interface PushPorts {
  readonly judge: Judge;
  readonly report: Report;
}

/** How long git may take to end once the pusher has gone, milliseconds. */
const patienceMs = 30_000;

const unreadableWords = (bytes: number, limit: number): string[] =>
  bytes > limit
    ? [
        `This push is larger than ${Math.floor(limit / 1024 / 1024)} MiB, which is the most that is taken. Nothing of it was kept.`,
        'Next: remove large files from the commits (git rm --cached, then git commit --amend) and keep data outside git.',
      ]
    : [
        'git refused what it received, as said above. Nothing of it was kept.',
        'Next: run git fsck in your clone; it names the broken object.',
      ];

/**
 * A git that does not end after its pusher has gone is ended, unless the push is accepted: that git brings to
 * its end alone.
 */
const endWhenGone = (
  backend: Backend,
  accepted: Promise<AcceptedPush | undefined>,
  gone: AbortSignal,
): void => {
  const end = async (): Promise<void> => {
    if ((await accepted) === undefined) backend.kill('SIGKILL');
  };
  gone.addEventListener('abort', () => setTimeout(end, patienceMs).unref());
};

const countBytes = (request: IncomingMessage): (() => number) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  return () => bytes;
};

/** Both requests of a push. Remembers what git can do, and what it has started for pushes to come. */
export class PushServer {
  private readonly settings: BackendSettings;
  private readonly ports: PushPorts;
  private readonly prepared = new PreparedBackends();
  private readonly tidying = new Set<string>();
  private capabilities: string | undefined;

  constructor(settings: BackendSettings, ports: PushPorts) {
    this.settings = settings;
    this.ports = ports;
  }

  async advertise(call: GitCall): Promise<void> {
    const { wanted, user, repository, request, response } = call;
    // Only version 1 looks different; a push knows no version 2.
    const old = passedHeaders(request).GIT_PROTOCOL === 'version=1';
    const answer = old ? undefined : await this.ownAnswer(repository);
    if (answer === undefined) return serveFetch(this.settings, call);
    response.writeHead(200, { ...advertisementHeaders, 'Content-Length': answer.length });
    response.end(answer);
    const start = (): Backend => startBackend(this.settings, { ...wanted, phase: 'call' }, user, {});
    // Starting a process blocks; the answer must have left before.
    setImmediate(() => this.prepared.prepare(request.socket, start));
  }

  async receive({ wanted, user, repository, request, response }: GitCall): Promise<void> {
    await this.checkHooks();
    const gone = goneSignal(response);
    const backend = this.backendFor(wanted, user, request);
    const channel = new HookChannel(backend.hooks);
    const { judge, report } = this.ports;
    const accepted = hearPush({ channel, repository, id: wanted.id, user, judge, gone });
    endWhenGone(backend, accepted, gone);
    const bytes = countBytes(request);
    feed(request, backend);

    const head = await readCgiHead(backend.stdout);
    if (head === undefined) return refuseSilence(response, await backend.ended);
    if (!response.destroyed) response.writeHead(head.status, head.headers);
    const limit = this.settings.pushBytes;
    const answer = await relayAnswer(backend.stdout, response, () => unreadableWords(bytes(), limit));

    const push = await accepted;
    const updates = push?.updates.filter(({ ref }) => answer.report.moved.has(ref)) ?? [];
    if (push !== undefined && updates.length > 0) {
      const lines = followPush({ ...push, updates }, report, gone);
      await relayLines(lines, response, answer.lines);
    }
    response.end(answer.end);
    await backend.ended;
    if (updates.length > 0) await this.tidyUp(repository, updates.length);
  }

  /** One at a time for a repository. What fails is tried again after the next push; this one is over. */
  private async tidyUp(repository: string, updates: number): Promise<void> {
    if (this.tidying.has(repository)) return;
    this.tidying.add(repository);
    await tidy(repository, updates).catch(() => {});
    this.tidying.delete(repository);
  }

  private async ownAnswer(repository: string): Promise<Buffer | undefined> {
    this.capabilities ??= await askCapabilities(repository);
    return advertise(repository, this.capabilities);
  }

  /** git takes a hook that is missing or not executable for none, and would accept everything. */
  private async checkHooks(): Promise<void> {
    try {
      await access(judgingHook(this.settings.hooks), constants.X_OK);
    } catch (cause) {
      throw new PlatformError('Unavailable', 'Pushes cannot be checked: the hook of the platform is gone.', {
        next: 'Restart the platform, which puts it back.',
        cause,
      });
    }
  }

  private backendFor(wanted: GitRequest, user: string, request: IncomingMessage): Backend {
    const headers = passedHeaders(request);
    const plain = headers.HTTP_CONTENT_ENCODING === undefined;
    const prepared = plain ? this.prepared.take(request.socket, wanted.id, user) : undefined;
    return prepared ?? startBackend(this.settings, wanted, user, headers);
  }
}
