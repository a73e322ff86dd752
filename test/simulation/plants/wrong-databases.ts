import type { Batch, Head } from '@causeway/engine';
import { DatabaseServer, type Session } from '../database/database-server.ts';

/** Numbers are taken under the lock, which is then freed: commits overtake one another. */
export class SequenceDatabase extends DatabaseServer {
  #taken: Head | undefined;

  override get writeHead(): Head {
    return { ...(this.#taken ?? this.truth.head), fence: this.truth.head.fence };
  }

  override stage(session: Session, batch: Batch): boolean {
    this.taken(batch);
    return super.stage(session, batch);
  }

  override commit(session: Session, effect: () => void, done: () => void, batch?: Batch): void {
    super.commit(session, effect, done, batch);
    this.unlock(session);
  }

  protected override taken(batch: Batch): void {
    this.#taken = batch.head;
  }

  override write(batch: Batch): void {
    const { head } = this.truth;
    super.write(batch);
    if (head.revision > this.truth.head.revision) this.truth.head = head;
  }
}

/** Nobody hears of a commit. */
export class SilentDatabase extends DatabaseServer {
  override announce(channel: 'revision' | 'message', payload: string): void {
    if (channel === 'message') super.announce(channel, payload);
  }
}

/** Looking a commit up does not keep it from happening afterwards. */
export class FencelessDatabase extends DatabaseServer {
  override sameFence(): boolean {
    return true;
  }
}
