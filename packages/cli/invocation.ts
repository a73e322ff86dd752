import type { Client, Credentials, Platform } from '@causeway/client';
import type { Output } from './output/output.ts';

/** Options that every command knows. */
export interface GlobalOptions {
  readonly team?: string;
  readonly data?: string;
  readonly output?: string;
  readonly quiet?: boolean;
}

/** What a command gets beside its arguments. */
export interface Invocation<Options = object> {
  readonly options: GlobalOptions & Options;
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  /** Aborts with Ctrl-C. */
  readonly signal: AbortSignal;
  /** Another exit code than 0, for commands that end well and still have bad news. */
  exitWith(code: number): void;
  /** The platform's folder. */
  data(): Promise<string>;
  /** Throws `NotRunning` when no platform is known. */
  credentials(): Promise<Credentials>;
  client(): Promise<Client>;
  platform(): Promise<Platform>;
  /** `--team`, else the one of the credentials. */
  team(): Promise<string>;
}

/** A command's module. What fails is thrown as PlatformError. */
export interface CommandModule {
  readonly run: (invocation: Invocation<never>, ...given: never[]) => Promise<void>;
}

export interface InvocationOptions<Options> {
  readonly options: GlobalOptions & Options;
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly signal: AbortSignal;
  exitWith(code: number): void;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Everything that needs the client loads it only when it is asked for: help and completion stay fast. */
export const createInvocation = <Options>(given: InvocationOptions<Options>): Invocation<Options> => {
  const { options, env } = given;
  const sdk = once(() => import('@causeway/client'));
  // Whoever names a folder means its platform, not the one in the variables.
  const { CAUSEWAY_SERVER: _server, CAUSEWAY_TOKEN: _token, ...withoutServer } = env;
  const source = options.data === undefined ? { env } : { env: withoutServer, home: options.data };
  const credentials = once(async () => (await sdk()).findCredentials(source));
  const platform = once(async () => (await sdk()).connect({ credentials: await credentials() }));
  return {
    ...given,
    data: once(async () => (await sdk()).dataFolder(source)),
    credentials,
    platform,
    client: async () => (await platform()).client,
    team: async () => options.team ?? (await credentials()).team,
  };
};
