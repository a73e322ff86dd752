import { randomInt } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';

/** What `DATA/workloads/uids.json` holds. A number once given is never given to somebody else. */
interface UidRecord {
  /** The first number of this DATA folder's block. */
  readonly base: number;
  readonly teams: Record<string, number>;
}

const blockSize = 4096;

/**
 * Blocks lie where nobody else allocates: systemd's table of ranges leaves 0x70000000…0x7fffffff free
 * (https://systemd.io/UIDS-GIDS/). Where a container maps only 16 bits, the range above its ordinary users.
 */
const ranges = [
  { first: 0x7000_0000, last: 0x7fff_ffff },
  { first: 20_000, last: 59_999 },
];

/** Whether this user namespace knows every number from `first` to `last` (`/proc/self/uid_map`: inside, outside, count). */
export const isMapped = (uidMap: string, first: number, last: number): boolean =>
  uidMap.split('\n').some(line => {
    const [inside = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
    return inside <= first && last < inside + count;
  });

const chooseBase = async (): Promise<number> => {
  const uidMap = await readFile('/proc/self/uid_map', 'utf8').catch(() => '0 0 4294967295');
  const range = ranges.find(({ first, last }) => isMapped(uidMap, first, last));
  if (!range)
    throw new PlatformError(
      'Unsupported',
      'This container maps too few user ids to give every team its own.',
      {
        evidence: uidMap.trim().split('\n'),
        next: 'Run the platform as an ordinary user, or in a container that maps at least 60000 user ids.',
      },
    );
  return range.first + blockSize * randomInt(Math.floor((range.last - range.first + 1) / blockSize));
};

const fileOf = (dataFolder: string): string => join(dataFolder, 'workloads', 'uids.json');

const read = async (dataFolder: string): Promise<UidRecord | undefined> => {
  try {
    return JSON.parse(await readFile(fileOf(dataFolder), 'utf8')) as UidRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const write = async (dataFolder: string, record: UidRecord): Promise<void> => {
  const file = fileOf(dataFolder);
  await mkdir(join(dataFolder, 'workloads'), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
};

const known = new Map<string, number>();
let turn: Promise<unknown> = Promise.resolve();

/**
 * The user id, and group id of the same number, that belongs to a team on this machine; made on first use and kept
 * for ever in `DATA/workloads/uids.json`. Numbers of one DATA folder never collide; those of two folders lie in
 * different blocks, chosen at random. One process per DATA folder may call it: the agent.
 */
export const teamUid = (dataFolder: string, team: string): Promise<number> => {
  const id = `${dataFolder}\0${team}`;
  const hit = known.get(id);
  if (hit !== undefined) return Promise.resolve(hit);
  const allocated = turn.then(async () => {
    const record = (await read(dataFolder)) ?? { base: await chooseBase(), teams: {} };
    const existing = Object.hasOwn(record.teams, team) ? record.teams[team] : undefined;
    const uid = existing ?? record.base + Object.keys(record.teams).length;
    if (uid >= record.base + blockSize)
      throw new PlatformError(
        'Unsupported',
        `This machine has given out all ${blockSize} user ids for teams.`,
      );
    if (existing === undefined)
      await write(dataFolder, { base: record.base, teams: { ...record.teams, [team]: uid } });
    known.set(id, uid);
    return uid;
  });
  turn = allocated.catch(() => undefined);
  return allocated;
};
