import type { CommitInfo } from '@causeway/contracts';
import { readCommit } from './commit.ts';
import type { ObjectReader } from './objects.ts';

const signature = /^(.*?) ?<[^<>]*> (\d+) ([+-])(\d{2})(\d{2})$/;

interface Signed {
  readonly name: string;
  /** As git writes `%aI`: in the zone of whoever signed. */
  readonly at: string;
}

const signedOf = (text: string): Signed | undefined => {
  const [, name, seconds, sign, hours, minutes] = signature.exec(text) ?? [];
  if (name === undefined) return undefined;
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const local = new Date((Number(seconds) + east * 60) * 1000);
  if (Number.isNaN(local.getTime())) return undefined;
  return { name, at: `${local.toISOString().slice(0, 19)}${sign}${hours}:${minutes}` };
};

/** One commit as a list of commits tells it. `undefined`: git itself is to be asked. */
export const commitInfo = async (objects: ObjectReader, commit: string): Promise<CommitInfo | undefined> => {
  const found = await readCommit(objects, commit);
  const author = found && signedOf(found.author);
  const committer = found && signedOf(found.committer);
  if (!author || !committer) return undefined;
  const [paragraph = ''] = found.message.replace(/^\n+/, '').split(/\n\s*\n/);
  const subject = paragraph.trimEnd().replaceAll('\n', ' ');
  return { commit, subject, author: author.name, authoredAt: author.at, committedAt: committer.at };
};
