/** A line longer than this, in characters, comes in pieces: a program that never ends its line must not fill the memory. */
const longestLine = 64 * 1024;

/**
 * Cuts bytes into lines as they arrive. Bytes that are no UTF-8 become U+FFFD; a character or a `\r\n` may lie across
 * two chunks.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #rest = '';

  push(chunk: Uint8Array): string[] {
    return this.#cut(this.#rest + this.#decoder.decode(chunk, { stream: true }));
  }

  /** What has no line end yet; the next line starts anew. */
  end(): string[] {
    const lines = this.#cut(this.#rest + this.#decoder.decode());
    const last = this.#rest;
    this.#rest = '';
    return last === '' ? lines : [...lines, last];
  }

  #cut(text: string): string[] {
    const parts = text.split('\n');
    this.#rest = parts.pop() ?? '';
    const lines = parts.map(line => (line.endsWith('\r') ? line.slice(0, -1) : line)).flatMap(inPieces);
    if (this.#rest.length <= longestLine) return lines;
    const pieces = inPieces(this.#rest);
    this.#rest = pieces.pop() ?? '';
    return [...lines, ...pieces];
  }
}

const inPieces = (line: string): string[] => {
  if (line.length <= longestLine) return [line];
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += longestLine) pieces.push(line.slice(at, at + longestLine));
  return pieces;
};
