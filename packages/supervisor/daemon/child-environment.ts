import path from 'node:path';

/**
 * What the platform's processes inherit of the environment of whoever ran `up`: not the names that say which platform
 * the command talks to, nor where a database is, nor what npm and git set for the programs they run.
 */
const notInherited =
  /^(CAUSEWAY_(COMMAND|SERVER|TOKEN|TEAM|HOME|DATABASE_URL|TRACE)|DATABASE_URL|NODE_COMPILE_CACHE|npm_.*|GIT_.*)$/;

export interface ChildSettings {
  readonly data: string;
  readonly port: number;
  /** The folder of the version that runs. */
  readonly version: string;
}

export const childEnvironment = (
  own: NodeJS.ProcessEnv,
  { data, port, version }: ChildSettings,
): Record<string, string> => {
  const inherited = Object.entries(own).filter(
    ([name, value]) => value !== undefined && !notInherited.test(name),
  );
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    CAUSEWAY_DATA: data,
    CAUSEWAY_PORT: String(port),
    NODE_COMPILE_CACHE: path.join(version, '.compile-cache'),
  };
};
