import type { PolicyEngine, RepositoryId } from '@causeway/contracts';
import { type ControllerDefinition, defineController, type Engine, samePlain } from '@causeway/engine';
import {
  findCondition,
  isPlatformError,
  keyOf,
  type ObjectKey,
  type Policy,
  PolicyKind,
  ServiceKind,
  withCondition,
} from '@causeway/model';
import { sourceOf, versionOf } from '@causeway/policy';
import { controllerActor } from '../../platform-actor.ts';
import { isFaultOfPolicy } from './fault-of-policy.ts';
import { readSource, type SourceReaders } from './read-source.ts';

export interface PolicyControllerParts extends SourceReaders {
  readonly engine: Engine;
  readonly policyEngine: Pick<PolicyEngine, 'load'>;
}

type Status = NonNullable<Policy['status']>;

interface Finding {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** How often a branch is looked at that no push told of, and a source that could not be read. */
const followMs = 60_000;

const stages: Readonly<Record<Policy['spec']['action'], string>> = {
  draft: 'only its tests ask it',
  audit: 'what it would refuse is recorded',
  warn: 'what it would refuse is said and recorded',
  deny: 'what it does not allow is refused',
};

const inForce = ({ action, onError }: Policy['spec']): Finding => ({
  status: 'True',
  reason: 'Loaded',
  message: `It judges: ${stages[action]}. What it cannot evaluate ${
    action === 'deny'
      ? onError === 'deny'
        ? 'is refused, too.'
        : 'passes (onError: allow).'
      : 'is recorded.'
  }`,
});

/** What the text of before still does, when the newer one is of no use. */
const meanwhile = ({ spec, status }: Policy): string => {
  if (status?.modules && (spec.source.git || spec.source.bundle))
    return ` Until it is mended the text of ${status.commit?.slice(0, 10) ?? 'before'} judges.`;
  if (spec.action !== 'deny') return '';
  const others = spec.onError === 'deny' ? 'refuse what it is about' : 'let everything pass';
  return ` Servers that know its last good text judge by that, others ${others}.`;
};

const failure = (policy: Policy, reason: string, error: Error): Finding => ({
  status: 'False',
  reason,
  message: `${error.message.replace(/\.?$/, '.')}${meanwhile(policy)}`,
});

/** The policies whose text lies in a service’s repository. */
export const policiesIn = (
  { store }: Pick<Engine, 'store'>,
  { team, service }: RepositoryId,
): readonly ObjectKey[] =>
  store
    .peekAll(
      PolicyKind,
      undefined,
      ({ spec: { source } }) => source.git?.team === team && source.git.service === service,
    )
    .map(keyOf);

/** Keeps a policy’s status true, and brings in its text from where it lies. What does not compile replaces nothing. */
export const policyController = (parts: PolicyControllerParts): ControllerDefinition =>
  defineController({
    name: 'policy',
    kind: PolicyKind,
    watches: [
      {
        kind: ServiceKind,
        keys: ({ metadata: { namespace = '', name } }) =>
          policiesIn(parts.engine, { team: namespace, service: name }),
      },
    ],
    async reconcile(key, signal) {
      const policy = parts.engine.store.peek(PolicyKind, key);
      if (!policy || policy.metadata.deletionTimestamp) return undefined;
      const { git, bundle } = policy.spec.source;
      const next = git || bundle ? await bringIn(parts, policy, signal) : await lookAt(parts, policy);
      await report(parts, policy, next);
      return git || next.finding.reason === 'NotRead' ? { after: followMs } : undefined;
    },
  });

interface Next {
  readonly finding: Finding;
  /** The text that came, when it is to judge from now on; `undefined` for a text that the object holds itself. */
  readonly text: Pick<Status, 'modules' | 'commit'> | undefined;
}

const lookAt = async ({ policyEngine }: PolicyControllerParts, policy: Policy): Promise<Next> => {
  const source = sourceOf({ spec: policy.spec });
  try {
    if (source) await policyEngine.load(source);
    return { finding: inForce(policy.spec), text: undefined };
  } catch (error) {
    if (!isFaultOfPolicy(error)) throw error;
    return { finding: failure(policy, 'Broken', error), text: undefined };
  }
};

const bringIn = async (parts: PolicyControllerParts, policy: Policy, signal: AbortSignal): Promise<Next> => {
  const { spec, status, metadata } = policy;
  const ready = findCondition(status?.conditions, 'Ready');
  const current = status?.modules ? { modules: status.modules, commit: status.commit } : undefined;
  // What was wrong may be right now, and what is wanted may be another place.
  const known =
    current && ready?.status === 'True' && status?.observedGeneration === metadata.generation
      ? status.commit
      : undefined;
  let read: Awaited<ReturnType<typeof readSource>>;
  try {
    read = await readSource(spec, parts, known, signal);
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    return { finding: failure(policy, 'NotRead', error), text: current };
  }
  if (!read) return { finding: inForce(spec), text: current };
  const text = { modules: [...read.modules], commit: read.commit };
  try {
    const source = sourceOf({ spec, status: text });
    if (source) await parts.policyEngine.load(source);
    return { finding: inForce(spec), text };
  } catch (error) {
    if (!isFaultOfPolicy(error)) throw error;
    return { finding: failure(policy, 'Broken', error), text: current };
  }
};

const report = async (
  { engine: { store, clock, recordEvent } }: PolicyControllerParts,
  policy: Policy,
  { finding, text }: Next,
): Promise<void> => {
  const { generation } = policy.metadata;
  const now = new Date(clock.now()).toISOString();
  const written = await store
    .mutate(
      PolicyKind,
      keyOf(policy),
      current => {
        // Somebody wanted something else meanwhile: this speaks of what was before, and is looked at again.
        if (current.metadata.generation !== generation) return current;
        const { modules: _modules, commit: _commit, digest: _digest, ...rest } = current.status ?? {};
        const source = sourceOf({ spec: current.spec, ...(text ? { status: text } : {}) });
        return {
          ...current,
          status: {
            ...rest,
            ...text,
            ...(source && finding.reason !== 'Broken' ? { digest: versionOf(current.spec, source) } : {}),
            observedGeneration: generation,
            conditions: withCondition(
              rest.conditions,
              { type: 'Ready', ...finding, observedGeneration: generation },
              now,
            ),
          },
        };
      },
      controllerActor('policy'),
      { subresource: 'status' },
    )
    .catch(error => {
      if (isPlatformError(error, 'NotFound')) return undefined;
      throw error;
    });
  const before = findCondition(policy.status?.conditions, 'Ready');
  if (written && finding.status === 'False' && !samePlain(before?.message, finding.message))
    recordEvent(written, 'Warning', finding.reason, finding.message);
};
