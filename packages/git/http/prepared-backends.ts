import type { Socket } from 'node:net';
import type { RepositoryId } from '@causeway/contracts';
import type { Backend } from './backend.ts';

/** How long a process waits for its push, milliseconds: the client has only to make its pack. */
const patienceMs = 30_000;

/**
 * Processes that were started when a push announced itself, each bound to the connection that the push will
 * come over. git starts while the client still makes its pack, which takes the start out of the time the
 * pusher waits.
 */
export class PreparedBackends {
  private readonly waiting = new Map<Socket, { backend: Backend; forget: () => void }>();

  prepare(socket: Socket, start: () => Backend): void {
    this.discard(socket);
    if (socket.destroyed) return;
    let backend: Backend;
    try {
      backend = start();
    } catch {
      // The push will start its own, or say why it cannot.
      return;
    }
    const giveUp = (): void => this.discard(socket);
    const timer = setTimeout(giveUp, patienceMs);
    timer.unref();
    socket.once('close', giveUp);
    const forget = (): void => {
      clearTimeout(timer);
      socket.off('close', giveUp);
    };
    this.waiting.set(socket, { backend, forget });
  }

  /** The process prepared for this connection, if it is for the same user and repository. */
  take(socket: Socket, id: RepositoryId, user: string): Backend | undefined {
    const entry = this.waiting.get(socket);
    if (entry === undefined) return undefined;
    const { backend } = entry;
    if (backend.user !== user || backend.id.team !== id.team || backend.id.service !== id.service) {
      this.discard(socket);
      return undefined;
    }
    this.waiting.delete(socket);
    entry.forget();
    return backend;
  }

  /** Without input git ends at once and does nothing. */
  private discard(socket: Socket): void {
    const entry = this.waiting.get(socket);
    if (entry === undefined) return;
    this.waiting.delete(socket);
    entry.forget();
    entry.backend.hooks.destroy();
    entry.backend.stdin.end();
    entry.backend.stdout.resume();
  }
}
