import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { send } from './client.ts';
import { answerParts, keepAlive, type PushReport, progressLine, readReport } from './push-answer.ts';

export interface RelayedAnswer {
  readonly report: PushReport;
  /** What ends the answer; it is held back, because the pusher hears more. */
  readonly end: Buffer;
  /** Whether lines can be shown to this client. */
  readonly lines: boolean;
}

/**
 * Passes git's answer to a push on, all but its end, and adds `unreadable` where git could not take in what
 * it received: at that point git itself only says "index-pack abnormal exit". Reads to the end even when the
 * client has gone.
 */
export const relayAnswer = async (
  answer: Readable,
  response: ServerResponse,
  unreadable: () => readonly string[],
): Promise<RelayedAnswer> => {
  const report: Buffer[] = [];
  let end: Buffer = Buffer.alloc(0);
  let lines = true;
  for await (const part of answerParts(answer)) {
    if (part.kind === 'raw') lines = false;
    if (part.kind === 'report') {
      if (report.length === 0 && !readReport(part.payload).unpacked) {
        for (const line of unreadable()) await send(response, progressLine(line));
      }
      report.push(part.payload);
    }
    if (part.kind === 'end') end = part.bytes;
    else await send(response, part.bytes);
  }
  return { report: readReport(Buffer.concat(report)), end, lines };
};

const keepAliveMs = 5_000;

/**
 * Shows lines to the pusher as they come. In silence it says so now and then, which also shows when the
 * pusher's machine has gone.
 */
export const relayLines = async (
  lines: AsyncIterable<string>,
  response: ServerResponse,
  shown: boolean,
): Promise<void> => {
  const say = async (bytes: Buffer): Promise<void> => (shown ? send(response, bytes) : undefined);
  const timer = setInterval(() => void say(keepAlive), keepAliveMs);
  try {
    for await (const line of lines) await say(progressLine(line));
  } finally {
    clearInterval(timer);
  }
};
