import { X509Certificate } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { HealthCheck } from '@causeway/api';
import { auditHeadProblem, type Database, type EngineReading } from '@causeway/engine';

const dayMs = 86_400_000;
const mebibyte = 1024 ** 2;
/** Below, PostgreSQL soon stops: its write-ahead log has no room. */
const leastFreeBytes = 256 * mebibyte;
const renewWithinDays = 3;
/** A key that waits longer has a controller that does not get to it. */
const longestWaitSeconds = 60;

const databaseCheck = (database: Pick<Database, 'head'>): HealthCheck => ({
  name: 'database',
  async run() {
    await database.head();
    return undefined;
  },
});

/** The cache may be behind for a moment; what it lacked when asked must be there soon after. */
const cacheCheck = (database: Pick<Database, 'head'>, read: () => EngineReading): HealthCheck => ({
  name: 'cache',
  async run() {
    const { revision } = await database.head();
    for (let attempt = 0; attempt < 20 && read().revision < revision; attempt++)
      await new Promise(resolve => setTimeout(resolve, 50));
    const shown = read().revision;
    return shown < revision
      ? `the cache shows revision ${shown}, the database has ${revision}: restart the server if that stays`
      : undefined;
  },
});

const controllersCheck = (read: () => EngineReading): HealthCheck => ({
  name: 'controllers',
  advisory: true,
  async run() {
    const late = read().queues.filter(({ oldestSeconds }) => oldestSeconds > longestWaitSeconds);
    if (late.length === 0) return undefined;
    return late
      .map(
        ({ controller, waiting, oldestSeconds }) =>
          `${controller}: ${waiting} wait, the longest for ${Math.round(oldestSeconds)} s`,
      )
      .join('; ');
  },
});

const auditCheck = (database: Database): HealthCheck => ({
  name: 'audit',
  advisory: true,
  async run() {
    const problem = await auditHeadProblem(database);
    return problem && `${problem}: platform audit verify says where it begins`;
  },
});

const certificatesCheck = (keysFolder: string, now: () => number): HealthCheck => ({
  name: 'certificates',
  advisory: true,
  async run() {
    const { validTo } = new X509Certificate(await readFile(join(keysFolder, 'server.crt')));
    const days = Math.floor((Date.parse(validTo) - now()) / dayMs);
    if (days >= renewWithinDays) return undefined;
    return `the certificate of the API ${days < 0 ? 'has ended' : `ends in ${days} days`}: restart the platform, which renews it`;
  },
});

const diskCheck = (data: string): HealthCheck => ({
  name: 'disk',
  advisory: true,
  async run() {
    const { bavail, bsize } = await statfs(data);
    const free = bavail * bsize;
    return free < leastFreeBytes
      ? `${Math.floor(free / mebibyte)} MiB free for ${data}: at least ${leastFreeBytes / mebibyte} are needed`
      : undefined;
  },
});

export interface HealthParts {
  readonly database: Database;
  readonly read: () => EngineReading;
  readonly data: string;
  readonly now: () => number;
}

/** What /readyz asks. Only without database or cache a server can do no work; the rest is told. */
export const healthChecks = ({ database, read, data, now }: HealthParts): HealthCheck[] => [
  databaseCheck(database),
  cacheCheck(database, read),
  controllersCheck(read),
  auditCheck(database),
  certificatesCheck(join(data, 'keys'), now),
  diskCheck(data),
];
