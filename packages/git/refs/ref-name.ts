/** What git-check-ref-format(1) forbids anywhere in a name. */
const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/u;

/** A full reference name that git accepts, such as `refs/heads/main`. Safe to join to a repository's path. */
export const isRefName = (name: string): boolean =>
  /^refs\/./.test(name) &&
  !forbidden.test(name) &&
  name.split('/').every(part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));

export const branchRef = (branch: string): string => `refs/heads/${branch}`;

/** A full object id, SHA-1 or SHA-256. */
export const isObjectId = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** How git writes "no object". */
export const isNullId = (id: string): boolean => /^0+$/.test(id);

export const shortId = (id: string): string => id.slice(0, 10);
