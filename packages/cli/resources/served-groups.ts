import type { Client } from '@causeway/client';
import { closestNames, defaultGroup, kinds, PlatformError } from '@causeway/model';
import type { Manifest } from './read-manifests.ts';

const ours: ReadonlySet<string> = new Set(kinds.map(({ group }) => group));

/** Throws `Invalid` naming the first object that is written in a group which the platform does not serve. */
export const refuseOtherGroups = async (
  client: Client,
  manifests: readonly Manifest[],
  signal: AbortSignal,
): Promise<void> => {
  const others = manifests.filter(({ kind }) => !ours.has(kind.group));
  if (others.length === 0) return;
  const { groups } = (await client.request('GET', '/apis', undefined, { signal })) as {
    groups: readonly { readonly name: string }[];
  };
  const served = groups.map(({ name }) => name);
  const wrong = others.find(({ kind }) => !served.includes(kind.group));
  if (!wrong) return;
  const { group, kind } = wrong.kind;
  const offered = served.filter(name => !name.endsWith('.k8s.io'));
  const near = closestNames(group, offered);
  throw new PlatformError('Invalid', `${wrong.from}: this platform has no API group ${group}.`, {
    evidence: [near.length > 0 ? `did you mean ${near.join(' or ')}?` : `offered: ${offered.join(', ')}`],
    next: `Write \`apiVersion: ${near[0] ?? defaultGroup}/v1\` for ${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}, or have ${group} added to apiGroups in the platform’s config.yaml.`,
  });
};
