import { createHash } from 'node:crypto';
import { cp, link, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this code runs from. */
export const checkout = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the platform’s processes run from, beside the dependencies. */
const ownCode = ['packages', 'golden-paths', 'package.json'];
const leftOut = (name: string): boolean =>
  name === 'node_modules' || name === 'testing' || name === 'fixtures' || name.endsWith('.test.ts');

async function* filesBelow(folder: string, path = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, path), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (leftOut(entry.name)) continue;
    const at = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(folder, at);
    else if (entry.isFile()) yield at;
  }
}

/** Names the code by its content: our own files, the lockfile for what others wrote, and the Node.js that runs it. */
const contentHash = async (root: string): Promise<string> => {
  const hash = createHash('sha256').update(process.version);
  hash.update(await readFile(join(root, 'package-lock.json')).catch(() => ''));
  for (const part of ownCode) {
    const single = part.includes('.');
    for await (const file of single ? [part] : filesIn(root, part))
      hash.update(`\0${file}\0`).update(await readFile(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
};

async function* filesIn(root: string, part: string): AsyncGenerator<string> {
  for await (const file of filesBelow(join(root, part))) yield join(part, file);
}

/** Copies as hard links where the disk allows: a package manager replaces files, it does not write into them. */
const linkTree = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => cp(source, target));
  }
};

/** Packages that only build, check or test; the processes do not need them. */
const development = new Set([
  'typescript',
  '@typescript',
  '@biomejs',
  'dependency-cruiser',
  '@swc',
  '@types',
  'playwright-core',
  '.bin',
  '.cache',
]);

const linkDependencies = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (development.has(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if ((await lstat(source)).isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isDirectory()) await linkTree(source, target);
  }
};

/**
 * Puts this code into DATA/versions/HASH, so that `git pull` and `npm ci` in the checkout never change files under a running process.
 * Returns the folder; the same code is copied once.
 */
export const installVersion = async (data: string, root = checkout): Promise<string> => {
  const versions = join(data, 'versions');
  const target = join(versions, await contentHash(root));
  if (await lstat(target).catch(() => undefined)) return target;
  const aside = `${target}.${process.pid}.unfinished`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  for (const part of ownCode)
    await cp(join(root, part), join(aside, part), {
      recursive: true,
      filter: source => !leftOut(source.slice(source.lastIndexOf('/') + 1)),
    });
  await linkDependencies(join(root, 'node_modules'), join(aside, 'node_modules'));
  for (const name of await readdir(join(root, 'packages')))
    if (await lstat(join(root, 'packages', name, 'node_modules')).catch(() => undefined))
      await linkTree(
        join(root, 'packages', name, 'node_modules'),
        join(aside, 'packages', name, 'node_modules'),
      );
  await rename(aside, target);
  return target;
};

/** Removes versions that nothing runs from. */
export const removeOldVersions = async (data: string, inUse: ReadonlySet<string>): Promise<void> => {
  const versions = join(data, 'versions');
  for (const name of await readdir(versions)) {
    const folder = join(versions, name);
    if (!inUse.has(folder)) await rm(folder, { recursive: true, force: true });
  }
};
