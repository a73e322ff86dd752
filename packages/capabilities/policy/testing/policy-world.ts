import { type Engine, openDatabase, openEngine, type Store } from '@causeway/engine';
import { kinds, NamespaceKind, type NewObject, PolicyKind, TeamKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { withPolicies } from '../admission/guarded-by-policies.ts';
import { createPolicyRegistry, type PolicyRegistry } from '../registry/policy-registry.ts';
import { celEngine } from './cel-engine.ts';

export const ada = { user: 'ada', from: 'test' };
const platform = { user: 'system:server', from: 'test' };

/** The team shop, and a store that is guarded by whatever policies are written. */
export interface PolicyWorld {
  readonly engine: Engine;
  readonly registry: PolicyRegistry;
  /** As people write to it. */
  readonly store: Store;
  close(): Promise<void>;
}

/** A policy in CEL that denies, unless more is said. */
export const celPolicy = (name: string, inline: string, more: object = {}): NewObject => ({
  metadata: { name },
  spec: {
    why: 'It hurts somebody.',
    instead: 'Do it otherwise.',
    owner: 'platform',
    engine: 'cel',
    action: 'deny',
    match: { kinds: ['Service'] },
    source: { inline },
    ...more,
  },
});

export const createPolicyWorld = async (
  policyEngine = celEngine(),
  apiGroups: readonly string[] = [],
): Promise<PolicyWorld> => {
  const database = await testDatabase();
  const engine = await openEngine({
    database: openDatabase(database.connectionString),
    kinds,
    log: line => console.error(line),
  });
  await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, platform);
  await engine.store.create(
    TeamKind,
    { metadata: { name: 'shop' }, spec: { members: [{ user: 'ada', role: 'owner' }] } },
    platform,
  );
  const registry = createPolicyRegistry({
    engine,
    policyEngine,
    apiGroups,
    log: line => console.error(line),
  });
  const { decisions } = engine;
  return {
    engine,
    registry,
    store: withPolicies(engine.store, { registry, policyEngine, decisions, now: engine.clock.now }),
    async close() {
      registry.close();
      await engine.close();
      await database.close();
    },
  };
};

export const writePolicy = (
  { store }: PolicyWorld,
  name: string,
  inline: string,
  more: object = {},
): Promise<unknown> => store.create(PolicyKind, celPolicy(name, inline, more), ada);
