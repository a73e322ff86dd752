const newline = 0x0a;
const carriageReturn = 0x0d;

const textOf = (bytes: Buffer): string =>
  bytes.toString('utf8', 0, bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length);

/**
 * Makes lines of chunks. It looks for the newline in the bytes, so a character cut in two
 * between chunks stays whole, and joins the pieces of a long line once.
 */
export class LineSplitter {
  #pieces: Buffer[] = [];

  /** The lines that this chunk completes. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      yield textOf(this.#pieces.length === 0 ? piece : this.#joined(piece));
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
  }

  /** What came after the last newline, if anything. */
  rest(): string | undefined {
    return this.#pieces.length === 0 ? undefined : textOf(this.#joined());
  }

  #joined(last?: Buffer): Buffer {
    const all = Buffer.concat(last ? [...this.#pieces, last] : this.#pieces);
    this.#pieces = [];
    return all;
  }
}
