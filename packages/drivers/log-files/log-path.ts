import { join } from 'node:path';
import type { LogSubject } from '@causeway/contracts';
import { isDnsLabel, isDnsSubdomain, PlatformError } from '@causeway/model';

const named = (fits: boolean, kind: string, name: string): void => {
  if (!fits) throw new PlatformError('Invalid', `${JSON.stringify(name)} names no ${kind}.`);
};

/** Where the logs of a namespace lie. Names are checked here and below, so that none leads out of the folder. */
export const logFolder = (data: string, kind: LogSubject['kind'], namespace: string): string => {
  named(isDnsLabel(namespace), kind, namespace);
  return join(data, 'logs', `${kind}s`, namespace);
};

/** The file that a log is appended to. */
export const logPath = (data: string, { kind, namespace, name }: LogSubject): string => {
  named(isDnsSubdomain(name), kind, `${namespace}/${name}`);
  return join(logFolder(data, kind, namespace), `${name}.log`);
};

/** Whose log a file of that folder is, be it the current one or what was rotated. */
export const logNameOf = (file: string): string | undefined => /^(.+)\.log(?:\.1)?$/.exec(file)?.[1];

/** What the log held before it grew too long and was started anew. */
export const rotatedPath = (path: string): string => `${path}.1`;
