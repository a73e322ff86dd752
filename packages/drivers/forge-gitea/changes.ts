import type { ForgeChange } from '@causeway/contracts';
import { z } from 'zod';
import { changedFiles } from '../forge-http/changed-files.ts';
import type { ForgeClient } from '../forge-http/forge-client.ts';
import { lastWords, type Review } from '../forge-http/last-words.ts';
import { openAndNamed } from '../forge-http/open-and-named.ts';

const User = z
  .object({ login: z.string() })
  .nullish()
  .transform(user => user?.login ?? 'Ghost');
const Branch = z.object({ ref: z.string(), sha: z.string(), repo_id: z.number() });
const PullRequest = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  body: z.string().nullish(),
  user: User,
  head: Branch,
  base: Branch,
  merge_base: z.string().nullish(),
  merged: z.boolean(),
  merged_at: z.string().nullish(),
  merged_by: User,
  merge_commit_sha: z.string().nullish(),
});
type PullRequest = z.infer<typeof PullRequest>;
const PullReview = z.object({
  user: User,
  state: z.string(),
  commit_id: z.string().nullish(),
  submitted_at: z.string().nullish(),
  official: z.boolean(),
  dismissed: z.boolean(),
});

const says: Readonly<Record<string, Review['says']>> = {
  APPROVED: 'approved',
  REQUEST_CHANGES: 'refused',
};

const reviewsOf = async (client: ForgeClient, path: string, signal: AbortSignal): Promise<Review[]> => {
  const reviews: Review[] = [];
  for await (const review of client.list(`${path}/reviews`, PullReview, signal)) {
    const word = says[review.state];
    // Official is what comes from somebody who may write to the branch.
    if (word === undefined || !review.official) continue;
    reviews.push({
      by: review.user,
      at: review.submitted_at ?? '',
      commit: review.commit_id ?? '',
      says: review.dismissed ? 'withdrawn' : word,
    });
  }
  return reviews;
};

const toChange = async (
  client: ForgeClient,
  at: string,
  found: PullRequest,
  signal: AbortSignal,
): Promise<ForgeChange> => {
  const { number, head, base, merged } = found;
  return {
    number,
    url: found.html_url,
    state: merged ? 'Merged' : found.state === 'open' ? 'Open' : 'Closed',
    title: found.title,
    description: found.body ?? '',
    author: found.user,
    head: { branch: head.ref, commit: head.sha, fork: head.repo_id !== base.repo_id },
    base: { branch: base.ref, commit: found.merge_base || base.sha },
    files: await changedFiles(client, `${at}/pulls/${number}`, signal),
    ...lastWords(await reviewsOf(client, `${at}/pulls/${number}`, signal)),
    ...(merged
      ? {
          merged: {
            by: found.merged_by,
            at: found.merged_at ?? '',
            commit: found.merge_commit_sha ?? head.sha,
          },
        }
      : {}),
  };
};

/** As `Forge.changes`. */
export const changes = (
  client: ForgeClient,
  at: string,
  also: readonly number[],
  signal: AbortSignal,
): Promise<readonly ForgeChange[]> =>
  openAndNamed({ client, at, also, schema: PullRequest, signal }, found =>
    toChange(client, at, found, signal),
  );
