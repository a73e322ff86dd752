import { union } from './field-set.ts';
import { identityOf, type Manager, type Managers } from './managers.ts';

/** So many entries of updates are kept apart. */
const maxUpdateManagers = 10;
const oldUpdates = 'ancient-changes';

const byAge = ([idA, a]: [string, Manager], [idB, b]: [string, Manager]): number => {
  const [older, newer] = [a.time ?? '', b.time ?? ''];
  if (older !== newer) return older < newer ? -1 : 1;
  return idA < idB ? -1 : 1;
};

/** The oldest updates as one, by version, when there are more than are kept apart. Whoever applies is always kept. */
export const withFewUpdaters = (managers: Managers): Managers => {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return managers;
  const kept = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [id, updater] of updaters.sort(byAge)) {
    if (count <= maxUpdateManagers) break;
    const { apiVersion, time } = updater;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, id);
      continue;
    }
    const bucket = { manager: oldUpdates, operation: 'Update', apiVersion, subresource: '' } as const;
    const bucketId = identityOf(bucket);
    // Until there is such an entry, the first updater becomes it; when it is this very one, it takes the first in.
    const intoBucket = kept.has(bucketId) && id !== bucketId;
    const collected = kept.get(intoBucket ? bucketId : first) as Manager;
    kept.delete(intoBucket ? id : first);
    kept.delete(id);
    kept.set(bucketId, { ...bucket, time, fields: union(updater.fields, collected.fields) });
    count -= 1;
  }
  return kept;
};
