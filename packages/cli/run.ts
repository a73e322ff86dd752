import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { createInvocation, type GlobalOptions } from './invocation.ts';
import { createOutput, type Format, type Output, type TextStream } from './output/output.ts';
import { createProgram } from './program/program.ts';
import { version } from './version.ts';

/** What the command meets from outside; a test brings its own. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts with Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The format, when the command line is wrong and cannot say. */
const askedFormat = (argv: readonly string[]): Format => {
  const at = argv.findIndex(word => word === '-o' || word === '--output');
  const given =
    at >= 0
      ? argv[at + 1]
      : argv.find(word => /^(?:-o|--output=)/.test(word))?.replace(/^(?:-o=?|--output=)/, '');
  return given === 'json' || given === 'yaml' || given === 'wide' ? given : 'text';
};

const usageError = async (error: CommanderError): Promise<Error> => {
  const { PlatformError } = await import('@causeway/model');
  const [what = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  return new PlatformError('Usage', what, {
    evidence: rest.filter(line => line !== ''),
    next: 'See `platform --help`.',
  });
};

const report = async (output: Output, thrown: unknown, signal: AbortSignal): Promise<number> => {
  if (signal.aborted) return exitCodes.interrupted;
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.ok;
  // Help that was printed because a subcommand is missing.
  if (thrown instanceof CommanderError && thrown.code === 'commander.help') return exitCodes.usage;
  const [{ toPlatformError }, { writeError }] = await Promise.all([
    import('@causeway/model'),
    import('./output/error-text.ts'),
  ]);
  const error = toPlatformError(thrown instanceof CommanderError ? await usageError(thrown) : thrown);
  writeError(output, error);
  return exitCodeOf(error.code);
};

/** Runs one command line, without the program's name; resolves to the exit code. */
export const run = async (argv: readonly string[], around: Surroundings): Promise<number> => {
  const { stdout, stderr, env, signal } = around;
  const outputOf = (format: Format, quiet: boolean) => createOutput({ stdout, stderr, format, quiet, env });
  let code: number = exitCodes.ok;
  let asked: Output | undefined;
  const program = createProgram({
    version: version(),
    writeOut: text => stdout.write(text),
    writeErr: text => stderr.write(text),
    async runner(module, options: GlobalOptions, given) {
      const output = outputOf((options.output ?? 'text') as Format, options.quiet ?? false);
      asked = output;
      const exitWith = (other: number): void => {
        code = other;
      };
      const invocation = createInvocation({ ...around, options, output, exitWith });
      try {
        await module.run(invocation as never, ...(given as never[]));
      } catch (error) {
        const { withNearestName } = await import('./resources/nearest-name.ts');
        throw await withNearestName(error, invocation);
      }
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return report(asked ?? outputOf(askedFormat(argv), false), error, signal);
  }
};
