import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Operation } from './history.ts';

const run = promisify(execFile);
const sources = join(import.meta.dirname, 'checker');
const tools = join(homedir(), '.cache', 'causeway-tools');

/** Why the checker cannot be built here; throws when everything is required. */
export const checkerMissing = async (): Promise<string | false> => {
  const file = await checkerPath();
  const there = () => accessSync(file);
  try {
    there();
    return false;
  } catch {}
  try {
    await run('go', ['version']);
    return false;
  } catch {}
  const reason = `needs Go 1.24 or newer to build the linearizability checker: install it from https://go.dev (${file} is not there)`;
  if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
  return reason;
};

const checkerPath = async (): Promise<string> => {
  const digest = createHash('sha256');
  for (const name of (await readdir(sources)).toSorted()) digest.update(readFileSync(join(sources, name)));
  return join(tools, `history-checker-${digest.digest('hex').slice(0, 12)}`, 'checker');
};

/** Builds the checker unless this version of it was built before. */
const builtChecker = async (): Promise<string> => {
  const file = await checkerPath();
  try {
    accessSync(file);
    return file;
  } catch {}
  await mkdir(tools, { recursive: true });
  const unfinished = await mkdtemp(join(tools, 'unfinished.'));
  try {
    await run('go', ['build', '-trimpath', '-buildvcs=false', '-o', join(unfinished, 'checker'), '.'], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      timeout: 900_000,
    });
    // Another process may have been faster: then its checker is as good.
    await rename(unfinished, join(file, '..')).catch(error => {
      accessSync(file);
      return error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return file;
};

/** An operation as the checker reads it. */
export const historyLine = (operation: Operation): string => {
  const { return: end, call, object, ...rest } = operation;
  const nanoseconds = (ms: number): number => Math.round(ms * 1e6);
  return JSON.stringify({
    ...rest,
    call: nanoseconds(call),
    ...(end === undefined ? {} : { return: nanoseconds(end) }),
    object: object ?? { uid: operation.deletedUid ?? '' },
  });
};

export interface Judgement {
  readonly linearizable: boolean;
  /** What the checker said. */
  readonly text: string;
}

/** Judges a file of operations, one a line. Pictures of what is wrong are left in `pictures`. */
export const judgeLinearizability = async (file: string, pictures: string): Promise<Judgement> => {
  const checker = await builtChecker();
  try {
    const { stdout } = await run(checker, ['-pictures', pictures, file], { maxBuffer: 2 ** 26 });
    return { linearizable: true, text: stdout.trim() };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    if (code !== 1) throw new Error(`the checker gave no verdict: ${stderr || String(error)}`);
    return { linearizable: false, text: (stdout ?? '').trim() };
  }
};
