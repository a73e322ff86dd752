import type { AcceptedPush, Report } from '../ports.ts';
import { inWords, linesOf } from './lines.ts';

/** Resolves when the signal aborts. */
const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

/**
 * The lines for the pusher once the push is recorded. Ends when the report ends, when the pusher has gone, or
 * after one line for `-o no-wait`. The report is asked at least once, so that it hears of every push.
 */
export async function* followPush(
  push: AcceptedPush,
  report: Report,
  gone: AbortSignal,
): AsyncGenerator<string> {
  const over = aborted(gone);
  try {
    const lines = report(push, gone)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = lines.next();
        // The loser of the race must not become an unhandled rejection.
        next.catch(() => {});
        const result = await Promise.race([next, over]);
        if (result === undefined || result.done === true) return;
        yield* linesOf(result.value);
        if (push.options.includes('no-wait')) return;
      }
    } finally {
      // Not awaited: it may be in the middle of something that takes no notice of the signal.
      lines.return?.().catch(() => {});
    }
  } catch (error) {
    yield 'Your push is recorded, but what becomes of it cannot be shown here.';
    yield* inWords(error);
  }
}
