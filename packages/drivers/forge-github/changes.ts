import type { ForgeChange } from '@causeway/contracts';
import { isPlatformError } from '@causeway/model';
import { z } from 'zod';
import { changedFiles } from '../forge-http/changed-files.ts';
import type { ForgeClient } from '../forge-http/forge-client.ts';
import { lastWords, type Review } from '../forge-http/last-words.ts';
import { openAndNamed } from '../forge-http/open-and-named.ts';

/** Whom GitHub shows where an account is gone. */
const User = z
  .object({ login: z.string() })
  .nullish()
  .transform(user => user?.login ?? 'ghost');
const Branch = z.object({
  ref: z.string(),
  sha: z.string(),
  repo: z.object({ full_name: z.string() }).nullish(),
});
const PullRequest = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  body: z.string().nullish(),
  user: User,
  head: Branch,
  base: Branch,
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
  author_association: z.string().nullish(),
});
const Comparison = z.object({ merge_base_commit: z.object({ sha: z.string() }) });

const says: Readonly<Record<string, Review['says']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'refused',
  DISMISSED: 'withdrawn',
};
/** Anybody may review in a public repository. */
const whoseWordCounts = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

const reviewsOf = async (client: ForgeClient, path: string, signal: AbortSignal): Promise<Review[]> => {
  const reviews: Review[] = [];
  for await (const review of client.list(`${path}/reviews`, PullReview, signal)) {
    const word = says[review.state.toUpperCase()];
    if (word === undefined || !whoseWordCounts.has(review.author_association ?? '')) continue;
    reviews.push({
      by: review.user,
      at: review.submitted_at ?? '',
      commit: review.commit_id ?? '',
      says: word,
    });
  }
  return reviews;
};

/** The commit that both branches have in common; the target’s own when they have none. */
const commonCommit = async (
  client: ForgeClient,
  at: string,
  { base, head }: PullRequest,
  signal: AbortSignal,
): Promise<string> => {
  const path = `${at}/compare/${encodeURIComponent(base.sha)}...${encodeURIComponent(head.sha)}?per_page=1`;
  try {
    return (await client.get(path, Comparison, signal)).merge_base_commit.sha;
  } catch (error) {
    if (isPlatformError(error, 'NotFound')) return base.sha;
    throw error;
  }
};

const toChange = async (
  client: ForgeClient,
  at: string,
  found: PullRequest,
  signal: AbortSignal,
): Promise<ForgeChange> => {
  const { number, head, base } = found;
  const merged = found.merged_at ?? undefined;
  return {
    number,
    url: found.html_url,
    state: merged === undefined ? (found.state === 'open' ? 'Open' : 'Closed') : 'Merged',
    title: found.title,
    description: found.body ?? '',
    author: found.user,
    head: {
      branch: head.ref,
      commit: head.sha,
      fork: head.repo?.full_name !== base.repo?.full_name,
    },
    base: { branch: base.ref, commit: await commonCommit(client, at, found, signal) },
    files: await changedFiles(client, `${at}/pulls/${number}`, signal),
    ...lastWords(await reviewsOf(client, `${at}/pulls/${number}`, signal)),
    ...(merged === undefined
      ? {}
      : { merged: { by: found.merged_by, at: merged, commit: found.merge_commit_sha ?? head.sha } }),
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
