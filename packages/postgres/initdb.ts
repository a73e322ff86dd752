import { spawn } from 'node:child_process';
import type { Account } from './account.ts';
import { PostgresError } from './postgres-error.ts';

export interface InitdbOptions {
  readonly program: string;
  readonly account: Account;
  readonly environment: Record<string, string>;
  /** An empty folder that the account owns. */
  readonly data: string;
  readonly user: string;
  readonly passwordFile: string;
  readonly durable: boolean;
  readonly signal: AbortSignal;
}

/** Runs initdb. When the signal ends it early, it has ended too before this rejects. */
export const initdb = async (options: InitdbOptions): Promise<void> => {
  const [command, ...parameters] = initdbCommand(options);
  const child = spawn(command!, parameters, {
    cwd: '/',
    env: options.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: options.signal,
  });
  const messages = child.stderr.setEncoding('utf8').toArray();
  // `error` comes when the program is missing or the signal fires; `close` when the process has ended.
  let problem = '';
  child.once('error', error => {
    problem = error.message;
  });
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  options.signal.throwIfAborted();
  if (code !== 0)
    throw failure(options, ((await messages).join('').trim() || problem).split('\n').slice(-20));
};

const initdbCommand = ({ account, program, data, user, passwordFile, durable }: InitdbOptions): string[] => [
  ...account.prefix,
  program,
  ...['--pgdata', data, '--username', user, '--auth', 'scram-sha-256', '--pwfile', passwordFile],
  // No dependence on the machine's locales, which change order and with it break indexes.
  ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
  ...['--no-instructions', ...(durable ? [] : ['--no-sync', '--wal-segsize', '1'])],
];

const failure = ({ data }: InitdbOptions, evidence: string[]): PostgresError =>
  new PostgresError(`PostgreSQL could not make its cluster in ${data}.`, { evidence });
