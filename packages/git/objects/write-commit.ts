import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly at: Date;
  readonly message: string;
}

/** What would end the field that it stands in; git leaves it out as well. */
const plain = (text: string): string => text.replace(/[\p{Cc}<>]/gu, '').trim();

const signed = ({ name, email }: Person, at: Date): string =>
  `${plain(name) || 'somebody'} <${plain(email)}> ${Math.floor(at.getTime() / 1000)} +0000`;

const textOf = ({ tree, parents, author, committer, at, message }: NewCommit): string =>
  [
    `tree ${tree}`,
    ...parents.map(parent => `parent ${parent}`),
    `author ${signed(author, at)}`,
    `committer ${signed(committer, at)}`,
    '',
    `${message.replaceAll('\0', '')}\n`,
  ].join('\n');

/** Not with all above it: where the repository is put aside meanwhile, none appears. */
const ensureFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

export interface WrittenCommit {
  readonly id: string;
  readonly content: Buffer;
  /** Resolves when git finds it, and it is on disk. */
  readonly stored: Promise<void>;
}

/**
 * Writes a commit as a file of its own, as git does (gitrepository-layout(5), `objects/[0-9a-f][0-9a-f]`): a process of git for it
 * would stop the server for longer than the write takes. Its id is known before that. Nothing points to it yet. The caller knows that
 * tree and parents are there.
 */
export const writeCommit = (repository: string, commit: NewCommit): WrittenCommit => {
  const content = Buffer.from(textOf(commit).toWellFormed());
  const object = Buffer.concat([Buffer.from(`commit ${content.length}\0`), content]);
  const id = createHash('sha1').update(object).digest('hex');
  return { id, content, stored: storeObject(join(repository, 'objects'), id, object) };
};

const storeObject = async (objects: string, id: string, object: Buffer): Promise<void> => {
  await ensureFolder(join(objects, id.slice(0, 2)));
  const temporary = join(objects, `tmp_obj_${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o444);
    try {
      await file.writeFile(await promisify(deflate)(object));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(objects, id.slice(0, 2), id.slice(2)));
  } finally {
    await rm(temporary, { force: true });
  }
};
