import { allVerbs } from '@causeway/model';
import type { Resource, Resources } from '../krm/resources.ts';
import { ScaleKind } from '../krm/scale-kind.ts';
import { type ReviewKind, reviewKinds } from '../review/serve-reviews.ts';

const objectVerbs = [...allVerbs, 'deletecollection'].toSorted();
const statusVerbs = ['get', 'patch', 'update'];

interface Subresource {
  readonly name: string;
  /** When what is served there is not the resource itself. */
  readonly as?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

/** One served resource as discovery tells of it; both forms are written from this. */
interface Entry {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
}

const scale = { group: ScaleKind.group, version: ScaleKind.version, kind: ScaleKind.kind };

/**
 * Each resource is listed once, in our group. In a group that is used beside it clients find what they need to send a kind to its
 * address, and no verbs, short names or categories: whoever goes through all that can be listed gets every object once.
 */
const entryOf = ({ kind, actions, streams, hasStatus, alias }: Resource): Entry => ({
  ...kind,
  namespaced: kind.scope === 'Namespaced',
  verbs: alias ? [] : objectVerbs,
  ...(alias ? { shortNames: [], categories: [] } : {}),
  subresources: [
    ...(hasStatus ? [{ name: 'status', verbs: statusVerbs }] : []),
    ...(kind.scale ? [{ name: 'scale', verbs: statusVerbs, as: scale }] : []),
    ...[...actions.keys()].map(name => ({ name, verbs: ['create'] })),
    ...[...streams.keys()].map(name => ({ name, verbs: ['get'] })),
  ],
});

const reviewEntry = (kind: ReviewKind): Entry => ({
  ...kind,
  namespaced: false,
  verbs: ['create'],
  shortNames: [],
  categories: [],
  subresources: [],
});

const versionName = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;

/** What is served, as the Kubernetes API tells it: the classic lists and the aggregated one (apidiscovery.k8s.io/v2). */
export interface Discovery {
  /** GET /api */
  readonly core: object;
  /** GET /apis */
  readonly groups: object;
  group(name: string): object | undefined;
  /** GET /api/v1, /apis/GROUP/VERSION */
  version(group: string, version: string): object | undefined;
  aggregated(of: 'core' | 'groups'): object;
}

const apiResources = (entries: readonly Entry[], groupVersion: string) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: entries.flatMap(entry => [
    {
      name: entry.plural,
      singularName: entry.singular,
      namespaced: entry.namespaced,
      kind: entry.kind,
      verbs: entry.verbs,
      ...(entry.shortNames.length > 0 ? { shortNames: entry.shortNames } : {}),
      ...(entry.categories.length > 0 ? { categories: entry.categories } : {}),
    },
    ...entry.subresources.map(({ name, verbs, as }) => ({
      name: `${entry.plural}/${name}`,
      singularName: '',
      namespaced: entry.namespaced,
      kind: entry.kind,
      ...as,
      verbs,
    })),
  ]),
});

const aggregatedResource = (entry: Entry) => {
  const responseKind = { group: entry.group, version: entry.version, kind: entry.kind };
  return {
    resource: entry.plural,
    responseKind,
    scope: entry.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: entry.singular,
    verbs: entry.verbs,
    ...(entry.shortNames.length > 0 ? { shortNames: entry.shortNames } : {}),
    ...(entry.categories.length > 0 ? { categories: entry.categories } : {}),
    ...(entry.subresources.length > 0
      ? {
          subresources: entry.subresources.map(({ name, verbs, as }) => ({
            subresource: name,
            responseKind: as ?? responseKind,
            verbs,
          })),
        }
      : {}),
  };
};

export const createDiscovery = (resources: Resources): Discovery => {
  const entries = [...resources.all.map(entryOf), ...reviewKinds.map(reviewEntry)];
  const byGroup = Map.groupBy(entries, entry => entry.group);
  const named = [...byGroup.keys()].filter(group => group !== '');

  const versionsOf = (group: string) => [...Map.groupBy(byGroup.get(group) ?? [], entry => entry.version)];
  const apiGroup = (name: string) => {
    const versions = versionsOf(name).map(([version]) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] };
  };
  const aggregatedGroup = (name: string) => ({
    metadata: { name, creationTimestamp: null },
    versions: versionsOf(name).map(([version, found]) => ({
      version,
      freshness: 'Current',
      resources: found.map(aggregatedResource),
    })),
  });

  return {
    core: {
      kind: 'APIVersions',
      versions: versionsOf('').map(([version]) => version),
      serverAddressByClientCIDRs: [],
    },
    groups: { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup) },
    group: name =>
      named.includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(name) } : undefined,
    version(group, version) {
      const found = (byGroup.get(group) ?? []).filter(entry => entry.version === version);
      return found.length > 0 ? apiResources(found, versionName({ group, version })) : undefined;
    },
    aggregated: of => ({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: (of === 'core' ? [''] : named).map(aggregatedGroup),
    }),
  };
};
