import type { RouteEntry } from './route-entry.ts';

/** Of two routes that claim the same the older one keeps it, then the first by name, as in the Gateway API. */
const ranksBefore = (a: RouteEntry, b: RouteEntry): boolean =>
  a.createdAt === b.createdAt ? a.key < b.key : a.createdAt < b.createdAt;

/**
 * What is claimed (a host name, an address) → the route that has it. Pure: the same routes in any order make the same
 * table.
 */
export const buildRoutingTable = (
  entries: Iterable<RouteEntry>,
  claimsOf: (entry: RouteEntry) => readonly string[],
): Map<string, RouteEntry> => {
  const table = new Map<string, RouteEntry>();
  for (const entry of entries)
    for (const claim of claimsOf(entry)) {
      const holder = table.get(claim);
      if (!holder || ranksBefore(entry, holder)) table.set(claim, entry);
    }
  return table;
};
