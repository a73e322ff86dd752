import type { Readable } from 'node:stream';

/** Thrown when the other side ends in the middle of something. */
export class EndOfStream extends Error {}

/** Reads a stream by pieces: up to a byte, or so many bytes. One reader at a time. */
export class ByteReader {
  private pending: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(stream: Readable) {
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Up to the next `byte`, which is dropped. `undefined` when the stream ends before anything came. */
  async until(byte: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = this.pending.indexOf(byte);
      if (end >= 0) {
        parts.push(this.pending.subarray(0, end));
        this.pending = this.pending.subarray(end + 1);
        return Buffer.concat(parts);
      }
      parts.push(this.pending);
      if (!(await this.more())) {
        if (parts.every(part => part.length === 0)) return undefined;
        throw new EndOfStream('the stream ended in the middle of a field');
      }
    }
  }

  /** Exactly so many bytes. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    for (;;) {
      const part = this.pending.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      this.pending = this.pending.subarray(part.length);
      if (missing === 0) return Buffer.concat(parts);
      if (!(await this.more())) throw new EndOfStream('the stream ended in the middle of a value');
    }
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.chunks.next();
    this.pending = done === true ? Buffer.alloc(0) : value;
    return done !== true;
  }
}
