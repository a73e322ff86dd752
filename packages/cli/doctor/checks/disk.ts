import { mkdtemp, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Check, type Finding, ok, problem, warning } from '../check.ts';

const gibibyte = 1024 ** 3;
const samples = 7;

/** The folder, or the nearest one above it that exists. */
const existing = async (path: string): Promise<string> =>
  (await stat(path).then(
    found => found.isDirectory(),
    () => false,
  ))
    ? path
    : existing(dirname(path));

const spaceFinding = (free: number, folder: string): Finding => {
  const text = `${(free / gibibyte).toFixed(1)} GiB free for ${folder}`;
  const fix =
    'Free some: old builds and releases go with `platform delete`, logs with `platform down --purge` of platforms you no longer use.';
  if (free < gibibyte / 2) return problem(`${text}: too little.`, fix);
  return free < 3 * gibibyte ? warning(`${text}: little.`, fix) : ok(`${text}.`);
};

/** Milliseconds that a small durable write takes: every acknowledged change pays it at least once. */
const fsyncMs = async (folder: string, signal: AbortSignal): Promise<number> => {
  const scratch = await mkdtemp(join(folder, '.doctor-'));
  try {
    const file = await open(join(scratch, 'sample'), 'w');
    try {
      const times: number[] = [];
      for (let sample = 0; sample < samples && !signal.aborted; sample++) {
        const began = performance.now();
        await file.write(Buffer.alloc(4096), 0, 4096, 0);
        await file.datasync();
        times.push(performance.now() - began);
      }
      return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    } finally {
      await file.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const fsyncFinding = (milliseconds: number): Finding => {
  const text = `a durable write takes ${milliseconds.toFixed(1)} ms`;
  return milliseconds > 25
    ? warning(
        `The disk is slow: ${text}. Every change waits for it.`,
        'Put the platform’s folder on a faster local disk (--data DIR), not a network share.',
      )
    : ok(`${text[0]?.toUpperCase()}${text.slice(1)}.`);
};

export const disk: Check = {
  name: 'disk',
  async run({ data, signal }) {
    const folder = await existing(data);
    const { bavail, bsize } = await statfs(folder);
    return [spaceFinding(bavail * bsize, folder), fsyncFinding(await fsyncMs(folder, signal))];
  },
};
