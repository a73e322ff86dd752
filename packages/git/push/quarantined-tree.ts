import { PlatformError } from '@causeway/model';
import type { PushedTree, RefUpdate, TreeEntry } from '../ports.ts';
import { isObjectId } from '../refs/ref-name.ts';
import type { HookChannel } from './hook-channel.ts';
import { parseDiff, parseListing } from './tree-entries.ts';

export interface Comparison {
  /** Entries of the newer tree that the older has not. */
  readonly changes: readonly TreeEntry[];
  /** Whether the newer commit follows from the older. */
  readonly follows: boolean;
}

/** Beyond so many changed files, sizes are read with the whole tree. */
const asked = 500;

/** The longest that git may take for an answer, milliseconds. */
const patienceMs = 120_000;

const unreadable = (id: string, what: string): PlatformError =>
  new PlatformError('PushRefused', `git cannot read ${id} as ${what}.`, {
    next: 'Branches and tags must lead to commits. Check yours with git cat-file -t, correct it and push again.',
  });

interface WantedFile {
  readonly entry: TreeEntry;
  readonly resolve: (content: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** What one question asks for, at most; a single file may be larger. */
const filesAtOnce = 200;
const bytesAtOnce = 8 * 1024 * 1024;

const inQuestions = (files: readonly WantedFile[]): WantedFile[][] => {
  const questions: WantedFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = questions.at(-1);
    bytes += file.entry.size;
    if (last && last.length < filesAtOnce && bytes <= bytesAtOnce) last.push(file);
    else {
      questions.push([file]);
      bytes = file.entry.size;
    }
  }
  return questions;
};

/**
 * Reads a push where its objects are visible: the pre-receive hook runs git for it, one question at a time.
 */
export class QuarantinedTree implements PushedTree {
  private readonly channel: HookChannel;
  private readonly compared = new Map<string, Comparison>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly wanted: WantedFile[] = [];

  constructor(channel: HookChannel) {
    this.channel = channel;
  }

  /** Compares two commits, without sizes. */
  compare(before: string, after: string): Promise<Comparison> {
    return this.inTurn(async () => {
      const known = this.compared.get(`${before} ${after}`);
      if (known !== undefined) return known;
      this.channel.send(`compare ${checked(before)} ${checked(after)}`);
      const fields = await this.channel.fields();
      const status = await this.channel.field();
      const ancestor = await this.channel.field();
      if (status !== '0') throw unreadable(after, 'a tree');
      const comparison = { changes: parseDiff(fields), follows: ancestor === '0' };
      this.compared.set(`${before} ${after}`, comparison);
      return comparison;
    });
  }

  async changes({ before, after }: RefUpdate): Promise<readonly TreeEntry[]> {
    if (after === undefined) return [];
    if (before === undefined) return this.entries(after);
    const { changes } = await this.compare(before, after);
    if (changes.length > asked) {
      const changed = new Set(changes.map(each => each.path));
      return (await this.entries(after)).filter(each => changed.has(each.path));
    }
    const sizes = await this.sizes(changes.filter(each => each.type !== 'submodule').map(each => each.id));
    return changes.map(each => ({ ...each, size: sizes.get(each.id) ?? 0 }));
  }

  entries(commit: string, folder?: string): Promise<readonly TreeEntry[]> {
    return this.inTurn(async () => {
      this.channel.send(`entries ${checked(commit)}`);
      const fields = await this.channel.fields();
      if ((await this.channel.field()) !== '0') throw unreadable(commit, 'a tree');
      const entries = parseListing(fields);
      return folder === undefined ? entries : entries.filter(({ path }) => path.startsWith(`${folder}/`));
    });
  }

  /** Files that are asked for at once are one question: git is started once for all of them. */
  read(entry: TreeEntry): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.wanted.push({ entry, resolve, reject });
      if (this.wanted.length === 1) queueMicrotask(() => this.readWanted());
    });
  }

  private readWanted(): void {
    for (const files of inQuestions(this.wanted.splice(0)))
      this.inTurn(() => this.readFiles(files)).catch(error => {
        // What was answered is not taken back by this.
        for (const { reject } of files) reject(error);
      });
  }

  private async readFiles(files: readonly WantedFile[]): Promise<void> {
    this.channel.send(`blobs ${files.map(({ entry }) => checked(entry.id)).join(' ')}`);
    for (const { entry, resolve } of files) {
      if ((await this.channel.line()) !== String(entry.size)) {
        // Whose content comes next cannot be told any more.
        if (files.length > 1) this.channel.close();
        throw unreadable(entry.id, 'a file');
      }
      const content = await this.channel.take(entry.size);
      await this.channel.take(1);
      resolve(content);
    }
  }

  private sizes(ids: readonly string[]): Promise<Map<string, number>> {
    return this.inTurn(async () => {
      if (ids.length === 0) return new Map();
      this.channel.send(`sizes ${ids.map(checked).join(' ')}`);
      const lines = (await this.channel.field()).split('\n').filter(line => line !== '');
      return new Map(
        lines.map(line => {
          const [id = '', size = ''] = line.split(' ');
          return [id, Number(size) || 0];
        }),
      );
    });
  }

  /**
   * The hook answers one question at a time. An answer that breaks off, because git was killed, ends the
   * talk.
   */
  private inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const timed = async (): Promise<T> => {
      const timer = setTimeout(() => this.channel.close(), patienceMs);
      try {
        return await ask();
      } finally {
        clearTimeout(timer);
      }
    };
    const turn = this.last.then(timed, timed);
    this.last = turn;
    return turn;
  }
}

/** Ids come from git; anything else must not become a word of the hook's language. */
const checked = (id: string): string => {
  if (isObjectId(id)) return id;
  throw new PlatformError('BadRequest', `${JSON.stringify(id)} is not a full object id.`);
};
