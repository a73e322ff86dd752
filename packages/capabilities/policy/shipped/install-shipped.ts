import type { Actor, Store } from '@causeway/engine';
import { isFields, isPlatformError, PolicyKind, platformTeam, type Team, TeamKind } from '@causeway/model';
import { digestOf, type FilePolicy, readPolicies, readPolicyFiles } from '@causeway/policy';
import { mergeShipped, type ShippedSettings, settingsOf } from './merge-shipped.ts';

const actor: Actor = { user: 'system:server', from: 'start' };
const shippedLabel = 'causeway.dev/shipped';
const settingsAnnotation = 'causeway.dev/shipped-settings';
const installedAnnotation = 'causeway.dev/shipped-policies';
const owner = { namespace: '', name: platformTeam };

/** Which policies were ever installed, and from which files last. */
interface Installed {
  readonly digest: string;
  readonly policies: readonly string[];
}

const parsed = (text: string | undefined): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
};

const installedOf = ({ metadata }: Team): Installed => {
  const { digest, policies } = parsed(metadata.annotations?.[installedAnnotation]);
  return {
    digest: typeof digest === 'string' ? digest : '',
    policies: Array.isArray(policies) ? policies.filter(one => typeof one === 'string') : [],
  };
};

const create = async (store: Store, { name, spec }: FilePolicy): Promise<void> => {
  const metadata = {
    name,
    labels: { [shippedLabel]: 'true' },
    annotations: { [settingsAnnotation]: JSON.stringify(settingsOf(spec)) },
  };
  await store.create(PolicyKind, { metadata, spec }, actor).catch(error => {
    // Another server that starts now was faster, or people have one of this name.
    if (!isPlatformError(error, 'AlreadyExists')) throw error;
  });
};

const upgrade = async (store: Store, { name, spec }: FilePolicy): Promise<void> => {
  const change = (policy: NonNullable<ReturnType<typeof live>>): unknown => {
    const { metadata } = policy;
    if (metadata.labels?.[shippedLabel] !== 'true') return policy;
    const before = parsed(metadata.annotations?.[settingsAnnotation]) as ShippedSettings;
    const annotations = {
      ...metadata.annotations,
      [settingsAnnotation]: JSON.stringify(settingsOf(spec)),
    };
    return {
      ...policy,
      metadata: { ...metadata, annotations },
      spec: mergeShipped(policy.spec, before, spec),
    };
  };
  await store.mutate(PolicyKind, { namespace: '', name }, change, actor).catch(error => {
    if (!isPlatformError(error, 'NotFound')) throw error;
  });
};

const live = (store: Store, name: string) => store.peek(PolicyKind, { namespace: '', name });

/**
 * Makes Policy objects of a folder of policies, and brings those of an earlier release up to date. What people changed about
 * one stays; one that they removed, or took the label from, is left alone. Costs nothing when the folder is as it was.
 */
export const installShippedPolicies = async (store: Store, folder: string): Promise<void> => {
  const team = store.peek(TeamKind, owner);
  if (!team) return;
  const digest = digestOf(await readPolicyFiles(folder));
  const installed = installedOf(team);
  if (installed.digest === digest) return;
  const { policies } = await readPolicies(folder);
  const known = new Set(installed.policies);
  await Promise.all(
    policies.map(policy =>
      live(store, policy.name)
        ? upgrade(store, policy)
        : known.has(policy.name)
          ? undefined
          : create(store, policy),
    ),
  );
  for (const { name } of policies) known.add(name);
  const note = JSON.stringify({ digest, policies: [...known].sort() } satisfies Installed);
  await store.mutate(
    TeamKind,
    owner,
    current => ({
      ...current,
      metadata: {
        ...current.metadata,
        annotations: { ...current.metadata.annotations, [installedAnnotation]: note },
      },
    }),
    actor,
  );
};
