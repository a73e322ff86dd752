import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';

/** What the folder’s contents look like; raised when a newer version writes what this one could not read. */
const format = 1;

/** Readable by its owner alone. The folder itself may be passed through, so that workloads under other users reach what is theirs. */
const privateFolders = ['credentials', 'keys', 'run', 'repositories', 'gateway', 'logs/platform'];

/** Writes a file so that a reader sees the old content or the new, never half of it. */
export const writeWhole = async (file: string, content: string): Promise<void> => {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(aside, content, { mode: 0o600 });
  await rename(aside, file);
};

const exists = (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    () => false,
  );

/** Makes the platform’s folder, or finds that it is one this version can use. Throws `DataTooNew` or `DataUnusable`. */
export const prepareDataFolder = async (data: string): Promise<void> => {
  try {
    await mkdir(data, { recursive: true, mode: 0o711 });
    const stamp = await readFile(join(data, 'format'), 'utf8').catch(() => undefined);
    if (stamp !== undefined && !(Number(stamp) <= format))
      throw new PlatformError(
        'DataTooNew',
        `${data} has format ${stamp.trim().slice(0, 20)}; this version of Causeway knows ${format}`,
      );
    for (const folder of privateFolders) await mkdir(join(data, folder), { recursive: true, mode: 0o700 });
    if (stamp === undefined) await writeWhole(join(data, 'format'), `${format}\n`);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError('DataUnusable', `${data} cannot be used`, {
      evidence: [(error as Error).message],
      cause: error,
    });
  }
};

const userName = (): string => {
  const name = process.env.SUDO_USER || userInfo().username;
  return /^[A-Za-z0-9][A-Za-z0-9._@:+-]*$/.test(name) ? name : 'admin';
};

/** Tokens for the person who runs `up` and for the platform’s own processes, made once. The server accepts them because it reads the same files. */
export const ensureCredentials = async (data: string, port: number): Promise<void> => {
  const folder = join(data, 'credentials');
  const token = () => `cw_${randomBytes(32).toString('base64url')}`;
  for (const name of ['agent.token', 'gateway.token'])
    if (!(await exists(join(folder, name)))) await writeWhole(join(folder, name), token());
  const file = join(folder, 'admin.json');
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as {
    server?: string;
    user?: string;
    token?: string;
  };
  const server = `http://127.0.0.1:${port}`;
  if (known.server === server && known.token) return;
  await writeWhole(
    file,
    `${JSON.stringify({ server, user: known.user ?? userName(), token: known.token ?? token() }, null, 2)}\n`,
  );
};
