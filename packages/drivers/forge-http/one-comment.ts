import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { ForgeClient } from './forge-client.ts';

/** Forges take 65,536 characters. */
const longestComment = 65_000;

const Comment = z.object({ id: z.int(), body: z.string().nullish() });

export interface CommentPlace {
  readonly client: ForgeClient;
  /** Path of the repository in the API. */
  readonly at: string;
  readonly repository: string;
  readonly number: number;
  readonly about: string;
  /** Makes the mark, so that nobody can put it under a comment of theirs before the platform has spoken. */
  readonly secret: string;
}

/** A mark that Markdown does not show. It is the same after a restart. */
const markOf = ({ repository, number, about, secret }: CommentPlace): string => {
  const subject = `comment ${repository.toLowerCase()}#${number} ${about}`;
  return `<!-- causeway ${createHmac('sha256', secret).update(subject).digest('hex').slice(0, 32)} -->`;
};

const cut = (text: string): string =>
  text.length <= longestComment
    ? text
    : `${text.slice(0, longestComment).toWellFormed()}\n\n… and more, which a comment does not hold.`;

/** As `Forge.comment`: the oldest comment with the mark is the platform’s; a copy of it comes later. */
export const keepOneComment = async (
  place: CommentPlace,
  text: string,
  signal: AbortSignal,
): Promise<void> => {
  const { client, at, number } = place;
  const mark = markOf(place);
  const body = `${mark}\n${cut(text)}`;
  for await (const comment of client.list(`${at}/issues/${number}/comments`, Comment, signal)) {
    if (!comment.body?.startsWith(mark)) continue;
    // Forges end lines as browsers do.
    if (comment.body.replaceAll('\r\n', '\n').trimEnd() !== body.trimEnd())
      await client.send('PATCH', `${at}/issues/comments/${comment.id}`, { body }, signal);
    return;
  }
  await client.send('POST', `${at}/issues/${number}/comments`, { body }, signal);
};
