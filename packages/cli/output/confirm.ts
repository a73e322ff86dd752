import { createInterface } from 'node:readline/promises';
import type { TextStream } from './output.ts';

export interface Asking {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: TextStream;
  readonly signal: AbortSignal;
}

/** Whether there is somebody to ask. */
export const canAsk = ({ stdin, stderr }: Asking): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Asks on the terminal; anything but yes is no. */
export const confirm = async ({ stdin, stderr, signal }: Asking, question: string): Promise<boolean> => {
  const terminal = createInterface({ input: stdin, output: stderr as NodeJS.WritableStream, terminal: true });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
};
