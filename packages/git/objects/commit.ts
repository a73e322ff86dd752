import type { ObjectReader } from './objects.ts';

/** What a commit says of itself; nothing of it is decoded but what is asked for. */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `NAME <EMAIL> SECONDS ZONE` */
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

/** git’s format of a commit; `undefined` for what is none, or not in UTF-8. */
export const parseCommit = (content: Buffer): Commit | undefined => {
  const text = content.toString('utf8');
  const end = text.indexOf('\n\n');
  const [head, message] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2)];
  const lines = head.split('\n');
  const values = (name: string): string[] =>
    lines.flatMap(line => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const [tree] = values('tree');
  const [author] = values('author');
  const [committer] = values('committer');
  if (tree === undefined || author === undefined || committer === undefined) return undefined;
  if (values('encoding').length > 0) return undefined;
  return { tree, parents: values('parent'), author, committer, message };
};

export const readCommit = async (objects: ObjectReader, id: string): Promise<Commit | undefined> => {
  const found = await objects.contents(id);
  return found?.type === 'commit' ? parseCommit(found.content) : undefined;
};
