import type { Duplex } from 'node:stream';
import { ByteReader, EndOfStream } from './byte-reader.ts';
import { linesOf } from './lines.ts';

const nul = 0;
const newline = 10;

/**
 * The server's end of the socket that the pre-receive hook of one push talks over; hooks/pre-receive says
 * what is said.
 */
export class HookChannel {
  private readonly socket: Duplex;
  private readonly reader: ByteReader;

  constructor(socket: Duplex) {
    this.socket = socket;
    this.reader = new ByteReader(socket);
    // The hook has ended; the reading side sees it, too.
    socket.on('error', () => {});
  }

  /** Whether the hook runs: git may end before it comes to that. */
  async started(): Promise<boolean> {
    return (await this.reader.until(nul))?.toString('utf8') === 'pre-receive';
  }

  async field(): Promise<string> {
    const bytes = await this.reader.until(nul);
    if (bytes === undefined) throw new EndOfStream('the hook ended');
    return bytes.toString('utf8');
  }

  /** Fields up to an empty one. */
  async fields(): Promise<string[]> {
    const all: string[] = [];
    for (;;) {
      const field = await this.field();
      if (field === '') return all;
      all.push(field);
    }
  }

  async line(): Promise<string> {
    const bytes = await this.reader.until(newline);
    if (bytes === undefined) throw new EndOfStream('the hook ended');
    return bytes.toString('utf8');
  }

  take(count: number): Promise<Buffer> {
    return this.reader.take(count);
  }

  /** Shows text to the pusher. */
  say(text: string): void {
    for (const line of linesOf(text)) this.send(`say ${line}`);
  }

  send(line: string): void {
    if (this.socket.writable) this.socket.write(`${line}\n`);
  }

  /** The last word. */
  verdict(verdict: 'accept' | 'refuse'): void {
    this.send(verdict);
    this.socket.end();
  }

  /** Breaks the talk off: a hook that still waits for a verdict refuses. */
  close(): void {
    this.socket.destroy();
  }
}
