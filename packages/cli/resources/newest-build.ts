import { BuildKind, PlatformError, ServiceKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

/** The name of a service’s newest build, or of the one that a release or sequence names. Throws `NotFound`. */
export const newestBuild = async (
  invocation: Invocation,
  service: string,
  release: string | undefined,
): Promise<string> => {
  if (release !== undefined) return /^\d+$/.test(release) ? `${service}.${Number(release)}` : release;
  const { signal } = invocation;
  const client = await invocation.client();
  const team = await invocation.team();
  await client.resource(ServiceKind).get(team, service, signal);
  const { items } = await client
    .resource(BuildKind)
    .list({ namespace: team, fieldSelector: `spec.service=${service}`, signal });
  const [newest] = items.toSorted((a, b) => b.spec.sequence - a.spec.sequence);
  if (newest) return newest.metadata.name;
  throw new PlatformError('NotFound', `${service} has not been built yet.`, { next: 'Push to it first.' });
};
