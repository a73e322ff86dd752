/** What things take at most when nothing is wrong, milliseconds: one way to the database, a commit, one way to a server. */
export const usualSlowness = { link: 0.6, commit: 2, network: 1 } as const;
