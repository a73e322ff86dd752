import { appendFileSync, constants } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';

export interface LogFileOptions {
  readonly path: string;
  /** A file this large is put aside as `PATH.1`. Bytes. */
  readonly maxBytes: number;
  /** Told when writing begins to fail, not for each line. */
  readonly onError: (error: Error) => void;
}

/** What waits in memory at most while the disk is slow or full. Characters. */
const maxPending = 4 * 1024 * 1024;
/** So much is written without waiting for the next round: little at a time disturbs requests least. Characters. */
const flushAt = 64 * 1024;
const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
const opening = { flag: O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, mode: 0o640 };

/**
 * A file that grows at its end. Appending never waits: lines are collected and written in the background; what
 * cannot be written is counted and dropped. Nothing stays open between writes, so there may be thousands.
 */
export class LogFile {
  dropped = 0;
  readonly #options: LogFileOptions;
  #pending = '';
  #pendingLines = 0;
  /** Bytes in the file; unknown before the first write and after a failed one. */
  #size: number | undefined;
  #writing = false;
  #failing = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** `line` ends with a newline. */
  append(line: string): void {
    if (this.#pending.length + line.length > maxPending) {
      this.dropped += 1;
      return;
    }
    this.#pending += line;
    this.#pendingLines += 1;
    if (this.#pending.length > flushAt) void this.flush();
  }

  /** Writes what has been collected, unless a write is under way. Never rejects. */
  async flush(): Promise<void> {
    if (this.#writing || this.#pending === '') return;
    this.#writing = true;
    const lines = this.#pendingLines;
    try {
      const data = this.#take();
      if ((await this.#fileSize()) >= this.#options.maxBytes) await this.#rotate();
      await appendFile(this.#options.path, data, opening);
      this.#size = (this.#size ?? 0) + data.length;
      this.#failing = false;
    } catch (error) {
      this.#failed(error as Error, lines);
    }
    this.#writing = false;
  }

  /** Writes the rest before it returns: for the end of the process. */
  close(): void {
    const lines = this.#pendingLines;
    if (lines === 0) return;
    try {
      appendFileSync(this.#options.path, this.#take(), opening as { flag: string } & typeof opening);
    } catch (error) {
      this.#failed(error as Error, lines);
    }
  }

  #take(): Buffer {
    const data = Buffer.from(this.#pending);
    this.#pending = '';
    this.#pendingLines = 0;
    return data;
  }

  async #fileSize(): Promise<number> {
    this.#size ??= await stat(this.#options.path).then(
      file => file.size,
      () => 0,
    );
    return this.#size;
  }

  async #rotate(): Promise<void> {
    await rename(this.#options.path, `${this.#options.path}.1`);
    this.#size = 0;
  }

  #failed(error: Error, lines: number): void {
    this.dropped += lines;
    this.#size = undefined;
    if (!this.#failing) this.#options.onError(error);
    this.#failing = true;
  }
}
