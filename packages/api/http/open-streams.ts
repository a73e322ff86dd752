import type { Clock } from '@causeway/engine';
import type { Call } from './call.ts';

/** How often everyone who watches is asked again whether they may. */
const recheckEveryMs = 5_000;

interface Stream {
  readonly allowed: () => boolean;
  readonly controller: AbortController;
}

/** Answers that last: watches and logs. */
export interface OpenStreams {
  /**
   * Counts an answer as open until it closes. The signal ends when the client is gone, `seconds` are over, `allowed` says
   * no any more (a token revoked, a role taken away), or the server closes.
   */
  open(call: Call, allowed: () => boolean, seconds?: number): AbortSignal;
  /** Ends all, and every later one at once. */
  close(): void;
}

export const createOpenStreams = (clock: Clock): OpenStreams => {
  const open = new Set<Stream>();
  let closed = false;
  let cancel: (() => void) | undefined;

  const recheck = (): void => {
    for (const { allowed, controller } of open) if (!allowed()) controller.abort();
    cancel = open.size > 0 ? clock.after(recheckEveryMs, recheck) : undefined;
  };

  return {
    open(call, allowed, seconds) {
      call.notes.lasting = true;
      call.notes.leaveSeat();
      const stream: Stream = { allowed, controller: new AbortController() };
      const end = () => stream.controller.abort();
      const cancelTimeout = seconds === undefined ? undefined : clock.after(seconds * 1000, end);
      open.add(stream);
      cancel ??= clock.after(recheckEveryMs, recheck);
      call.response.once('close', () => {
        open.delete(stream);
        cancelTimeout?.();
        end();
      });
      if (closed || call.response.destroyed) end();
      return stream.controller.signal;
    },
    close() {
      closed = true;
      cancel?.();
      for (const { controller } of open) controller.abort();
    },
  };
};
