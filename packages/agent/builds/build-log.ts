import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const evidenceBytes = 64 * 1024;
const longestLine = 500;

/** Bytes of a log as lines for a status: no colours, no cursor movements, only what a progress bar showed last. */
export const readableLines = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .map(line => line.replace(/\r+$/, '').replace(/^[^\n]*\r/, ''))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .map(line => line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '').trimEnd())
    .filter(line => line !== '')
    .map(line => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));

/** The log of one build. Commands write into it themselves; others may read it as it grows. */
export class BuildLog {
  readonly descriptor: number;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.descriptor = openSync(file, 'a+', 0o640);
  }

  /** `==> install: npm ci` */
  heading(text: string): void {
    writeSync(this.descriptor, `==> ${text}\n`);
  }

  line(text: string): void {
    writeSync(this.descriptor, `    ${text}\n`);
  }

  /** Bytes so far. */
  readonly size = (): number => fstatSync(this.descriptor).size;

  /** The last lines that were written after a size it had. */
  lastLines(since: number, count: number): string[] {
    const end = this.size();
    const start = Math.max(since, end - evidenceBytes);
    const buffer = Buffer.alloc(Math.max(0, end - start));
    const length = readSync(this.descriptor, buffer, 0, buffer.length, start);
    return readableLines(buffer.toString('utf8', 0, length)).slice(-count);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
