import type { ForgeChange } from '@causeway/contracts';

/** A review as either forge has it, of somebody whose word counts there. */
export interface Review {
  readonly by: string;
  readonly at: string;
  readonly commit: string;
  readonly says: 'approved' | 'refused' | 'withdrawn';
}

/** What each reviewer says in the end; reviews come the oldest first. */
export const lastWords = (reviews: readonly Review[]): Pick<ForgeChange, 'approvals' | 'refusals'> => {
  const last = new Map<string, Review>();
  for (const review of reviews) {
    last.delete(review.by);
    last.set(review.by, review);
  }
  const said = [...last.values()];
  return {
    approvals: said
      .filter(({ says }) => says === 'approved')
      .map(({ by, at, commit }) => ({ by, at, commit })),
    refusals: said.filter(({ says }) => says === 'refused').map(({ by }) => by),
  };
};
