import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
import type { Engine } from '@causeway/engine';
import { type Exception, ExceptionKind, PlatformError, type Policy, PolicyKind } from '@causeway/model';
import {
  applies,
  type Explanation,
  explain,
  type JudgeOptions,
  type JudgeParts,
  type JudgingPolicy,
  judge,
  sourceOf,
  specInOurGroup,
  teamOfSubject,
  type Verdict,
  versionOf,
} from '@causeway/policy';
import { isFaultOfPolicy } from './fault-of-policy.ts';
import { createPolicyContext, type PolicyContext } from './policy-context.ts';

/** The policies and exceptions that are in force, as this server knows them, and the one way to judge by them. */
export interface PolicyRegistry {
  /** In the order of their names, drafts included. */
  policies(): readonly JudgingPolicy[];
  exceptions(): readonly Exception[];
  /** What rules know of a team’s surroundings; '' is no team. */
  context(team: string): PolicyContext;
  /**
   * Whether a policy that is no draft may be asked about such documents, as far as kind, operation and team tell. Quick: who
   * is not concerned pays nothing else.
   */
  concerns(subject: PolicySubject): boolean;
  /**
   * Judges by everything that was acknowledged before. Throws `Unavailable` while a policy that applies has not been loaded:
   * nothing passes unseen.
   */
  judgeNow(subject: PolicySubject, options?: JudgeOptions): Promise<Verdict>;
  /** As `judgeNow`, with the trace of every rule that looked at it, and why the others did not. */
  explainNow(subject: PolicySubject): Promise<Explanation>;
  /** Called with the name of each policy that may judge otherwise from now on, be it by an exception. The result ends it. */
  onChange(callback: (policy: string) => void): () => void;
  /** Waits until what is known now is loaded, or cannot be. */
  settled(): Promise<void>;
  close(): void;
}

/** Hears of every judgement. */
export interface PolicyObserver {
  judged(place: PolicySubject['request']['place'], verdict: Verdict, seconds: number): void;
}

export interface PolicyRegistryParts {
  readonly engine: Pick<Engine, 'store' | 'onChange' | 'clock'>;
  readonly policyEngine: Pick<PolicyEngine, 'load' | 'evaluate'>;
  /** Groups that policies may name kinds of ours in as well. */
  readonly apiGroups?: readonly string[];
  readonly observer?: PolicyObserver;
  readonly log: (line: string) => void;
}

interface Entry {
  readonly policy: JudgingPolicy;
  /** Of the object: another one of the same name has nothing to do with it. */
  readonly uid: string;
  /** Neither loaded nor known to be broken. */
  readonly awaited: boolean;
}

/** For so long a judgement waits for a policy to be compiled. */
const patienceMs = 2000;
const againMs = 1000;

const nothing = { engine: 'rego', modules: [] } as const;

/** Follows the policies of the store, on every server by itself. A text that is broken or has not come leaves the last good one in force. */
export const createPolicyRegistry = ({
  engine,
  policyEngine,
  apiGroups = [],
  observer,
  log,
}: PolicyRegistryParts): PolicyRegistry => {
  const { store, clock } = engine;
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<void>>();
  const callbacks = new Set<(policy: string) => void>();
  const context = createPolicyContext(engine);
  let sorted: readonly JudgingPolicy[] | undefined;
  let byTeam: Map<string, readonly Exception[]> | undefined;
  let closed = false;

  const tell = (policy: string): void => {
    for (const callback of callbacks) callback(policy);
  };
  const set = (name: string, entry: Entry | undefined): void => {
    if (entry) entries.set(name, entry);
    else entries.delete(name);
    sorted = undefined;
    tell(name);
  };

  /** The text of before with all else as it is now. */
  const withText = (spec: Policy['spec'], before: JudgingPolicy, name: string): JudgingPolicy => ({
    ...before,
    name,
    spec,
    version: versionOf(spec, before.source),
  });

  const load = async (object: Policy): Promise<void> => {
    const { name, uid } = object.metadata;
    const spec = specInOurGroup(object.spec, apiGroups);
    const isNewest = () => !closed && store.peek(PolicyKind, { namespace: '', name }) === object;
    const known = entries.get(name);
    const before = known?.uid === uid && known.policy.loaded !== undefined ? known.policy : undefined;
    const unusable = (source: JudgingPolicy['source'], broken: string): void =>
      set(name, {
        uid,
        awaited: false,
        policy: before
          ? withText(spec, before, name)
          : { name, spec, source, broken, version: versionOf(spec, source) },
      });
    const source = sourceOf(object);
    if (!source) return unusable(nothing, 'its text has not come yet');
    const version = versionOf(spec, source);
    if (!before) set(name, { uid, awaited: true, policy: { name, spec, source, version } });
    try {
      const { digest } = await policyEngine.load(source);
      if (isNewest())
        set(name, { uid, awaited: false, policy: { name, spec, source, version, loaded: digest } });
    } catch (error) {
      if (!isNewest()) return;
      if (isFaultOfPolicy(error)) return unusable(source, error.message);
      log(`policy ${name} cannot be loaded: ${(error as Error).message}`);
      clock.after(againMs, () => {
        if (isNewest()) follow(object);
      });
    }
  };

  const follow = (object: Policy): void => {
    const { name } = object.metadata;
    const work = load(object).finally(() => {
      if (loading.get(name) === work) loading.delete(name);
    });
    loading.set(name, work);
  };

  const ends = [
    engine.onChange(PolicyKind, ({ type, object }) => {
      const policy = object as Policy;
      if (type === 'DELETED') set(policy.metadata.name, undefined);
      else if (!judgesAlike(entries.get(policy.metadata.name), policy)) follow(policy);
    }),
    engine.onChange(ExceptionKind, ({ object, before }) => {
      byTeam = undefined;
      const named = [object, before].flatMap(one => (one as Exception | undefined)?.spec.policy ?? []);
      for (const policy of new Set(named)) tell(policy);
    }),
  ];
  for (const policy of store.peekAll(PolicyKind)) follow(policy);

  const policies = (): readonly JudgingPolicy[] => {
    sorted ??= [...entries.values()]
      .map(({ policy }) => policy)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return sorted;
  };
  const exceptionsOf = (team: string): readonly Exception[] => {
    byTeam ??= Map.groupBy(store.peekAll(ExceptionKind), ({ metadata }) => metadata.namespace ?? '');
    return byTeam.get(team) ?? [];
  };
  const patience = (): Promise<void> =>
    new Promise(resolve => {
      clock.after(patienceMs, resolve);
    });
  const settled = async (): Promise<void> => {
    while (loading.size > 0) await Promise.all(loading.values());
  };

  /** What a subject is judged by. Throws `Unavailable` while that is not known. */
  const partsFor = async (subject: PolicySubject): Promise<JudgeParts> => {
    if (loading.size > 0) await Promise.race([settled(), patience()]);
    for (const { awaited, policy } of entries.values())
      if (awaited && policy.spec.action !== 'draft' && applies(policy.spec.match, subject))
        throw new PlatformError('Unavailable', `the policy ${policy.name} is not loaded yet`, {
          retryAfterSeconds: 1,
        });
    const exceptions = exceptionsOf(teamOfSubject(subject));
    return { engine: policyEngine, policies: policies(), exceptions };
  };

  return {
    policies,
    exceptions: () => store.peekAll(ExceptionKind),
    context: team => context.of(team),
    concerns: subject =>
      policies().some(
        ({ spec: { action, match } }) =>
          action !== 'draft' && applies({ ...match, labels: undefined, environments: undefined }, subject),
      ),
    async judgeNow(subject, options) {
      const began = clock.elapsed();
      const verdict = await judge(await partsFor(subject), subject, options);
      observer?.judged(subject.request.place, verdict, (clock.elapsed() - began) / 1000);
      return verdict;
    },
    explainNow: async subject => explain(await partsFor(subject), subject),
    onChange(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    settled,
    close() {
      closed = true;
      context.close();
      for (const end of ends) end();
    },
  };
};

/** Whether an object that was written again, such as its status, says what is in force already. */
const judgesAlike = (entry: Entry | undefined, policy: Policy): boolean => {
  if (!entry || entry.uid !== policy.metadata.uid || entry.awaited || !entry.policy.loaded) return false;
  const source = sourceOf(policy);
  return (
    source !== undefined &&
    entry.policy.version === versionOf(policy.spec, source) &&
    JSON.stringify(entry.policy.spec) === JSON.stringify(policy.spec)
  );
};
