import type { Forge } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import { keyOf, type ObjectKey, type Source, SourceKind } from '@causeway/model';

/** A repository, and the forge it lies in. */
export interface ForgeRepository {
  readonly forge: Forge;
  /** As the forge names it: `shop/payments`. */
  readonly repository: string;
}

/** Host and folder of an address; ports are left out, since SSH has another than the pages. */
const placeOf = (url: string): { host: string; path: string } | undefined => {
  const parsed = URL.parse(url);
  if (!parsed) return undefined;
  return {
    host: parsed.hostname.toLowerCase(),
    path: parsed.pathname.replace(/\/+$/, '').replace(/\.git$/, ''),
  };
};

/** What a repository is called in a forge; `undefined` when it lies elsewhere. */
export const repositoryIn = (forgeUrl: string, repositoryUrl: string): string | undefined => {
  const forge = placeOf(forgeUrl);
  const place = placeOf(repositoryUrl);
  if (!forge || !place || place.host !== forge.host) return undefined;
  const below = place.path.startsWith(`${forge.path}/`)
    ? place.path.slice(forge.path.length)
    : // With SSH the folder of the pages is no part of the path.
      /^ssh:/i.test(repositoryUrl)
      ? place.path
      : '';
  const [, name] = /^\/([\w.-]+\/[\w.-]+)$/.exec(below) ?? [];
  return name;
};

/** The forge that a source’s repository lies in, of those that are configured. */
export const forgeOf = (forges: readonly Forge[], { spec }: Source): ForgeRepository | undefined => {
  if (spec.url === undefined) return undefined;
  for (const forge of forges) {
    const repository = repositoryIn(forge.url, spec.url);
    if (repository !== undefined) return { forge, repository };
  }
  return undefined;
};

/** The sources that a repository of a forge is. Forges do not tell upper from lower case. */
export const sourcesIn = (
  store: Pick<Store, 'peekAll'>,
  forge: Forge,
  repository: string,
): readonly ObjectKey[] =>
  store
    .peekAll(SourceKind, undefined, source => {
      const found = forgeOf([forge], source)?.repository;
      return found?.toLowerCase() === repository.toLowerCase();
    })
    .map(keyOf);
