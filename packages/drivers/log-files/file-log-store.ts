import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine, LogOptions, LogStore, LogSubject } from '@causeway/contracts';
import { followFile } from './follow-file.ts';
import { logFolder, logNameOf, logPath, rotatedPath } from './log-path.ts';
import { LineSplitter } from './split-lines.ts';
import { tailOffset } from './tail-offset.ts';

const blockSize = 64 * 1024;

/** A stretch of a log that was there when it was opened. */
interface Part {
  readonly file: FileHandle;
  /** What is to be read next. */
  at: number;
  readonly end: number;
}

const openPart = async (path: string): Promise<Part | undefined> => {
  const file = await open(path, 'r').catch(() => undefined);
  return file && { file, at: 0, end: (await file.stat()).size };
};

/** Leaves the last lines of the parts, which together are one text. */
const cutTail = async (parts: readonly Part[], tail: number): Promise<void> => {
  let wanted = tail;
  for (const part of parts.toReversed()) {
    const { offset, lines } = await tailOffset(part.file, part.end, wanted);
    part.at = offset;
    wanted -= lines;
  }
};

async function* bytesOf(part: Part, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  while (part.at < part.end && !signal.aborted) {
    const block = Buffer.alloc(Math.min(blockSize, part.end - part.at));
    const { bytesRead } = await part.file.read(block, 0, block.length, part.at);
    if (bytesRead === 0) return;
    part.at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

async function* readLog(path: string, { tail, follow, signal }: LogOptions): AsyncGenerator<LogLine> {
  // In this order a rotation in between repeats nothing and loses nothing: what left the one is in the other.
  const current = await openPart(path);
  const rotated = await openPart(rotatedPath(path));
  const parts = [rotated, current].filter(part => part !== undefined);
  const splitter = new LineSplitter();
  const lines = (texts: readonly string[]): LogLine[] => texts.map(text => ({ text }));
  try {
    if (tail !== undefined) await cutTail(parts, tail);
    for (const part of parts)
      for await (const chunk of bytesOf(part, signal)) yield* lines(splitter.push(chunk));
  } finally {
    await Promise.all(parts.map(part => part.file.close()));
  }
  if (follow)
    for await (const chunk of followFile(path, current?.at ?? 0, signal)) yield* lines(splitter.push(chunk));
  yield* lines(splitter.end());
}

const listLogs = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder).catch(() => [])).flatMap(file => logNameOf(file) ?? []);
  const found = await Promise.all(
    [...new Set(names)].map(async name => {
      const file = await stat(join(folder, `${name}.log`)).catch(() => undefined);
      return { name, at: file?.mtimeMs ?? 0 };
    }),
  );
  return found.toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
};

/** Logs as the files of a DATA folder: one process appends, any number read. Lines carry no time: the programs write their own. */
export const createFileLogStore = (data: string): LogStore => ({
  read: (subject: LogSubject, options: LogOptions) => readLog(logPath(data, subject), options),
  list: (kind, namespace) => listLogs(logFolder(data, kind, namespace)),
});
