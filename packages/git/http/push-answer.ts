import type { Readable } from 'node:stream';
import { firstPktLine, pktLine } from './pkt-line.ts';

/** The side-bands of gitprotocol-pack(5). */
const bands = { report: 1, progress: 2 } as const;

/**
 * A piece of what git-receive-pack answers. `raw`: the client asked for no side-bands, so nothing can be
 * added.
 */
export type AnswerPart =
  | { readonly kind: 'report' | 'other'; readonly bytes: Buffer; readonly payload: Buffer }
  | { readonly kind: 'end' | 'raw'; readonly bytes: Buffer };

const partOf = (bytes: Buffer, payload: Buffer): AnswerPart => {
  if (payload.length === 0) return { kind: 'end', bytes };
  if (payload[0] === bands.report) return { kind: 'report', bytes, payload: payload.subarray(1) };
  return { kind: (payload[0] ?? 0) <= 3 ? 'other' : 'raw', bytes, payload };
};

/**
 * Cuts git's answer into its parts. The stream is left open when the reader stops early, so that git is never
 * cut short.
 */
export async function* answerParts(stream: Readable): AsyncGenerator<AnswerPart> {
  let pending: Buffer = Buffer.alloc(0);
  let raw = false;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let line = firstPktLine(pending); line !== undefined && !raw; line = firstPktLine(pending)) {
      const part = partOf(pending.subarray(0, line.length), line.payload);
      raw = part.kind === 'raw';
      pending = pending.subarray(line.length);
      yield part;
    }
    if (raw && pending.length > 0) {
      yield { kind: 'raw', bytes: pending };
      pending = Buffer.alloc(0);
    }
  }
  if (pending.length > 0) yield { kind: 'raw', bytes: pending };
}

/** A line that git shows its user behind `remote:`. */
export const progressLine = (text: string): Buffer =>
  pktLine(Buffer.concat([Buffer.from([bands.progress]), Buffer.from(`${text}\n`)]));

/** Says nothing; shows whether the client is still there. */
export const keepAlive = pktLine(Buffer.from([bands.progress]));

export interface PushReport {
  /** Whether git could take in what it received. */
  readonly unpacked: boolean;
  /** The references that git moved. */
  readonly moved: ReadonlySet<string>;
}

/**
 * Reads the report of git-receive-pack: `unpack ok`, then `ok REF` or `ng REF WHY` for each, as lines in the
 * parts' payloads.
 */
export const readReport = (payload: Buffer): PushReport => {
  const lines: string[] = [];
  for (let rest = payload, line = firstPktLine(rest); line !== undefined; line = firstPktLine(rest)) {
    lines.push(line.payload.toString('utf8').trimEnd());
    rest = rest.subarray(line.length);
  }
  return {
    unpacked: lines[0] === undefined || lines[0] === 'unpack ok',
    moved: new Set(lines.filter(line => line.startsWith('ok ')).map(line => line.slice(3))),
  };
};
