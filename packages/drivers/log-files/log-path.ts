import { join } from 'node:path';
import type { LogSubject } from '@causeway/contracts';
import { isDnsLabel, isDnsSubdomain, PlatformError } from '@causeway/model';

/** The file that a log is appended to. Names are checked, so that none leads out of the folder. */
export const logPath = (data: string, { kind, namespace, name }: LogSubject): string => {
  if (!isDnsLabel(namespace) || !isDnsSubdomain(name))
    throw new PlatformError('Invalid', `${JSON.stringify(`${namespace}/${name}`)} names no ${kind}.`);
  return join(data, 'logs', `${kind}s`, namespace, `${name}.log`);
};

/** What the log held before it grew too long and was started anew. */
export const rotatedPath = (path: string): string => `${path}.1`;
