import type { RouteEntry } from './route-entry.ts';

/** Of two routes that claim the same host the older one keeps it, then the first by name, as in the Gateway API. */
const ranksBefore = (a: RouteEntry, b: RouteEntry): boolean =>
  a.createdAt === b.createdAt ? a.key < b.key : a.createdAt < b.createdAt;

/** Host name → the route that answers for it. Pure: the same routes in any order make the same table. */
export const buildRoutingTable = (entries: Iterable<RouteEntry>): Map<string, RouteEntry> => {
  const table = new Map<string, RouteEntry>();
  for (const entry of entries)
    for (const hostname of entry.hostnames) {
      const holder = table.get(hostname);
      if (!holder || ranksBefore(entry, holder)) table.set(hostname, entry);
    }
  return table;
};
