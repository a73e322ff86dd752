import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { BundleReader, TextFile } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import tar from 'tar-stream';

export interface BundleLimits {
  /** Of the archive. */
  readonly bytes: number;
  /** Of all that is in it. */
  readonly unpackedBytes: number;
  readonly files: number;
  readonly patienceMs: number;
}

const usual: BundleLimits = {
  bytes: 16 * 1024 ** 2,
  unpackedBytes: 64 * 1024 ** 2,
  files: 2000,
  patienceMs: 30_000,
};

const tooLarge = (what: string): PlatformError =>
  new PlatformError('TooLarge', `the bundle ${what}`, { next: 'Bundle only what judges.' });

const download = async (
  url: string,
  { bytes: most, patienceMs }: BundleLimits,
  signal: AbortSignal | undefined,
): Promise<Buffer> => {
  const ends = AbortSignal.timeout(patienceMs);
  const unavailable = (why: string): PlatformError =>
    new PlatformError('Unavailable', `the bundle ${new URL(url).host} cannot be fetched: ${why}`);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, ends]) : ends });
    if (!response.ok) throw unavailable(`the answer is ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge(`is larger than ${most} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const { cause, message } = error as Error;
    throw unavailable(cause instanceof Error ? cause.message : message);
  }
};

const unpack = async (archive: Buffer, limits: BundleLimits): Promise<readonly TextFile[]> => {
  const files: TextFile[] = [];
  let bytes = 0;
  let entries = 0;
  const extract = tar.extract();
  extract.on('entry', ({ name, type }, content, next) => {
    const chunks: Buffer[] = [];
    entries += 1;
    if (entries > limits.files) return next(tooLarge(`holds more than ${limits.files} files`));
    content.on('data', (data: unknown) => {
      const chunk = data as Buffer;
      bytes += chunk.length;
      if (bytes > limits.unpackedBytes)
        extract.destroy(tooLarge(`holds more than ${limits.unpackedBytes} bytes`));
      else chunks.push(chunk);
    });
    content.once('end', () => {
      const whole = Buffer.concat(chunks);
      if (type === 'file' && !whole.includes(0))
        files.push({ path: posix.normalize(name).replace(/^\/+/, ''), text: whole.toString('utf8') });
      next();
    });
    return undefined;
  });
  await pipeline(Readable.from([archive]), createGunzip(), extract);
  return files;
};

/** Fetches bundles. Nothing is written anywhere, and nothing is looked at whose digest is another. */
export const createBundleReader = (given: Partial<BundleLimits> = {}): BundleReader => {
  const limits = { ...usual, ...given };
  return {
    async read(url, sha256, signal) {
      const archive = await download(url, limits, signal);
      const found = createHash('sha256').update(archive).digest('hex');
      if (found !== sha256)
        throw new PlatformError('Invalid', `the bundle is another than the one that is named`, {
          evidence: [`its SHA-256 is ${found}`],
          next: 'Look at what changed in it, then name its new SHA-256.',
        });
      try {
        return await unpack(archive, limits);
      } catch (error) {
        if (error instanceof PlatformError) throw error;
        throw new PlatformError('Invalid', `the bundle is no gzipped tar: ${(error as Error).message}`);
      }
    },
  };
};
