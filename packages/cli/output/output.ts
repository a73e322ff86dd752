import { styleText } from 'node:util';
import { asCalled } from './command-name.ts';
import { withoutUnseen } from './safe-line.ts';

export type Format = 'text' | 'wide' | 'json' | 'yaml';
export type Paint = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Where text goes: process.stdout and process.stderr, or a test's own. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Results go to stdout, everything else to stderr. With a machine format stdout holds one document and nothing else.
 * Colour only on a terminal, and not with NO_COLOR.
 */
export interface Output {
  readonly format: Format;
  /** `-o json` or `-o yaml`. */
  readonly machine: boolean;
  readonly quiet: boolean;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** A line of a result for people; nothing with a machine format. */
  line(text?: string): void;
  /** The result of a machine format. */
  document(value: unknown): Promise<void>;
  /** A line beside the result: progress, hints. Nothing with --quiet or a machine format. */
  note(text: string): void;
  /** What failed, with its causes and what to do next, a line each. */
  error(lines: readonly string[]): void;
  /** What a person must not miss. */
  warn(text: string): void;
  paint(paint: Paint, text: string, stream?: TextStream): string;
}

export interface OutputOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly format: Format;
  readonly quiet: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export const coloured = (stream: TextStream, env: NodeJS.ProcessEnv): boolean =>
  stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

export const createOutput = ({ stdout, stderr, format, quiet, env }: OutputOptions): Output => {
  const shown = (text: string): string => asCalled(withoutUnseen(text), env);
  const machine = format === 'json' || format === 'yaml';
  const paint: Output['paint'] = (style, text, stream = stdout) =>
    coloured(stream, env) ? styleText(style, text, { validateStream: false }) : text;
  return {
    format,
    machine,
    quiet,
    stdout,
    stderr,
    paint,
    line(text = '') {
      if (!machine) stdout.write(`${shown(text)}\n`);
    },
    async document(value) {
      if (format !== 'yaml') return void stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      const { stringify } = await import('yaml');
      stdout.write(stringify(value));
    },
    note(text) {
      if (!quiet && !machine) stderr.write(`${shown(text)}\n`);
    },
    error([what = '', ...rest]) {
      stderr.write(`${paint('red', '✘', stderr)} ${shown(what)}\n`);
      for (const text of rest) stderr.write(`${shown(text)}\n`);
    },
    warn(text) {
      stderr.write(`${paint('yellow', '!', stderr)} ${shown(text)}\n`);
    },
  };
};
