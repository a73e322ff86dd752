/** What every clock says when a world begins: 2026-01-01. */
export const beginning = Date.UTC(2026, 0, 1);

/** What things take at most when nothing is wrong, milliseconds: one way to the database, a commit, one way to a server. */
export const usualSlowness = { link: 0.6, commit: 2, network: 1 } as const;
