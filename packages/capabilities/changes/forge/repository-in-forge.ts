import type { Forge } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import { platformTeam, type Source, SourceKind } from '@causeway/model';

/** A forge that is configured. */
export interface ConfiguredForge {
  readonly forge: Forge;
  /**
   * Which repositories a team’s sources may name: `shop/payments`, `shop/*`. `all`: each team every one that the token reads. Not set:
   * only the team that runs the platform.
   */
  readonly teams?: 'all' | Readonly<Record<string, readonly string[]>>;
}

/** A repository, and the forge it lies in. */
export interface ForgeRepository {
  readonly forge: Forge;
  /** As the forge names it: `shop/payments`. */
  readonly repository: string;
  /** Whether the team whose source names it may. */
  readonly allowed: boolean;
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

const mayName = ({ teams }: ConfiguredForge, team: string, repository: string): boolean => {
  if (teams === 'all') return true;
  if (teams === undefined) return team === platformTeam;
  const named = repository.toLowerCase();
  const patterns = Object.hasOwn(teams, team) ? (teams[team] ?? []) : [];
  return patterns.some(pattern => {
    const wanted = pattern.toLowerCase();
    return wanted.endsWith('/*') ? named.startsWith(wanted.slice(0, -1)) : named === wanted;
  });
};

/** The forge that a source’s repository lies in, of those that are configured. */
export const forgeOf = (
  forges: readonly ConfiguredForge[],
  {
    metadata,
    spec,
  }: {
    readonly metadata: Pick<Source['metadata'], 'namespace'>;
    readonly spec: Pick<Source['spec'], 'url'>;
  },
): ForgeRepository | undefined => {
  if (spec.url === undefined) return undefined;
  for (const configured of forges) {
    const { forge } = configured;
    const repository = repositoryIn(forge.url, spec.url);
    if (repository !== undefined)
      return { forge, repository, allowed: mayName(configured, metadata.namespace ?? '', repository) };
  }
  return undefined;
};

/** That a team may not name a repository, and who can change that. */
export const mayNotName = (team: string, { forge, repository }: ForgeRepository): string =>
  `The team ${team} may not name ${repository} of the forge ${forge.name}, which is read with the platform’s token. Ask who runs the platform to say it in config.yaml: teams: {${team}: [${repository}]} of that forge.`;

/** The sources that a repository of a forge is. Forges do not tell upper from lower case. */
export const sourcesIn = (
  store: Pick<Store, 'peekAll'>,
  forges: readonly ConfiguredForge[],
  { name }: Forge,
  repository: string,
): readonly Source[] =>
  store.peekAll(SourceKind, undefined, source => {
    const found = forgeOf(forges, source);
    return (
      found?.allowed === true &&
      found.forge.name === name &&
      found.repository.toLowerCase() === repository.toLowerCase()
    );
  });
