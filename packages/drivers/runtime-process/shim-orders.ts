import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ShimOrders {
  /** Names the files that the shim writes. */
  readonly run: number;
  readonly log: string;
  /** An fstab of the mounts that are made first. */
  readonly mounts?: string | undefined;
  /** Where the program starts. */
  readonly folder: string;
  /** A line of sh. */
  readonly command: string;
  /** What stands before the program; gives up the platform's rights. */
  readonly launcher: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes what a shim reads once it is told the folder. For its owner alone: it holds the variables. */
export const writeOrders = (own: string, orders: ShimOrders): void => {
  const { run, log, mounts = '', folder, command, launcher, variables } = orders;
  const words = [String(run), log, mounts, folder, command, ...launcher].map(quoted);
  const lines = [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `set -- ${words.join(' ')}`,
  ];
  writeFileSync(join(own, 'start'), `${lines.join('\n')}\n`, { mode: 0o600 });
};
