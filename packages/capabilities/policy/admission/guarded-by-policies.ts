import type { PolicyEngine } from '@causeway/contracts';
import {
  type Actor,
  clonePlain,
  type Decisions,
  type NewDecision,
  type Store,
  samePlain,
  type WriteOptions,
} from '@causeway/engine';
import {
  EventKind,
  ExceptionKind,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  kindId,
  type ObjectKey,
  PlatformError,
  type Policy,
  PolicyKind,
  PolicyReportKind,
} from '@causeway/model';
import { decisionOf } from '../record/decision-of.ts';
import { policyDenied, speechOf, warningLines } from '../record/policy-denied.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { type AdmissionRequest, admissionSubject } from './admission-subject.ts';
import { checkDeletionOfPolicy, checkPolicy } from './check-policy.ts';
import { judgedDocument } from './judged-document.ts';

export interface PolicyGuard {
  readonly registry: PolicyRegistry;
  readonly policyEngine: Pick<PolicyEngine, 'load'>;
  readonly decisions: Pick<Decisions, 'append'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What keeps policies themselves: a rule that refuses everything must not keep anybody from mending it. */
const beyondPolicies: ReadonlySet<string> = new Set(
  [PolicyKind, ExceptionKind, PolicyReportKind, EventKind].map(kindId),
);
const policyKind = kindId(PolicyKind);
const isPlatform = ({ user }: Actor): boolean => user.startsWith('system:');

const mostTries = 8;

/** Whatever its kind, it is an object. */
const plain = (object: unknown): KindObject => object as KindObject;

/** Thrown out of a write whose object is no longer what was judged. */
class Moved extends Error {}

const movedTooOften = (kind: KindDefinition, { name }: ObjectKey): PlatformError =>
  new PlatformError(
    'Conflict',
    `${kind.plural} "${name}" changed each time while policies judged the change`,
    {
      kind: kind.plural,
      name,
    },
  );

type Asked = Omit<AdmissionRequest, 'actor' | 'time' | 'context'>;
type Options = Pick<WriteOptions, 'dryRun' | 'warn' | 'judged'>;

/** What is judged again is not said again. */
const toldOnce = <O extends Options>(options: O): O => {
  const { warn } = options;
  if (!warn) return options;
  const said = new Set<string>();
  return {
    ...options,
    warn: (text: string) => {
      if (said.size < said.add(text).size) warn(text);
    },
  };
};

/**
 * The store as people, their agents and their automation write to it: what policies refuse is not written, and what they said is
 * recorded with what is. Each change is worked out, judged, and then made if it is still what was judged.
 */
export const withPolicies = (store: Store, guard: PolicyGuard): Store => {
  const { registry, policyEngine, decisions, now } = guard;

  const isPolicyOfPeople = (kind: KindDefinition, actor: Actor): boolean =>
    kindId(kind) === policyKind && !isPlatform(actor);

  const concerns = (asked: Omit<Asked, 'document'>, actor: Actor): boolean =>
    !isPlatform(actor) &&
    !beyondPolicies.has(kindId(asked.kind)) &&
    registry.concerns(
      admissionSubject({
        ...asked,
        actor,
        time: '',
        document: {
          apiVersion: `${asked.kind.group}/${asked.kind.version}`,
          kind: asked.kind.kind,
          metadata: {},
        },
      }),
    );

  /** What is to be recorded with the write. Throws `PolicyDenied`, which is recorded by itself. */
  const review = async (
    asked: Asked,
    actor: Actor,
    { dryRun, warn, judged }: Options,
  ): Promise<NewDecision[]> => {
    const subject = admissionSubject({
      ...asked,
      actor,
      time: new Date(now()).toISOString(),
      context: registry.context(asked.namespace),
    });
    const verdict = await registry.judgeNow(subject);
    if (verdict.decisions.length === 0) return [];
    const { refused, warned } = speechOf(verdict, registry.policies());
    if (warn) for (const line of warningLines(warned)) warn(line);
    const decision = decisionOf(subject, verdict);
    judged?.(decision);
    if (verdict.allowed) return [decision];
    if (!dryRun) await decisions.append(decision);
    throw policyDenied(subject, refused, { kind: asked.kind.plural, name: asked.name });
  };

  const create: Store['create'] = async (kind, object, actor, options = {}) => {
    const { namespace = '' } = object.metadata;
    const asked = { kind, operation: 'CREATE', namespace, name: object.metadata.name ?? '' } as const;
    const isPolicy = isPolicyOfPeople(kind, actor);
    const preview = plain(await store.create(kind, object, actor, { ...options, dryRun: true }));
    if (isPolicy) await checkPolicy(preview as unknown as Policy, policyEngine);
    const { name } = preview.metadata;
    const judged = isPolicy
      ? []
      : await review({ ...asked, name, document: judgedDocument(preview) }, actor, options);
    if (options.dryRun) return preview as never;
    // A generated name was judged, too.
    const named = { ...object, metadata: { ...object.metadata, name } };
    return store.create(kind, named, actor, { ...options, decisions: judged });
  };

  const mutate: Store['mutate'] = async (kind, key, change, actor, options = {}) => {
    const asked = { kind, operation: 'UPDATE', ...key } as const;
    const isPolicy = isPolicyOfPeople(kind, actor);
    const telling = toldOnce(options);
    for (let tries = 0; tries < mostTries; tries++) {
      let old: Record<string, unknown> = {};
      const previewed = await store.mutate(
        kind,
        key,
        current => {
          old = judgedDocument(plain(current));
          return change(current);
        },
        actor,
        { ...options, dryRun: true },
      );
      const preview = plain(previewed);
      const document = judgedDocument(preview);
      const changes = !samePlain(document, old);
      if (isPolicy && changes) await checkPolicy(preview as unknown as Policy, policyEngine);
      const judged =
        isPolicy || !changes
          ? []
          : await review({ ...asked, document, old: clonePlain(old) }, actor, telling);
      if (options.dryRun) return preview as never;
      try {
        return await store.mutate(
          kind,
          key,
          current => {
            if (!samePlain(judgedDocument(plain(current)), old)) throw new Moved();
            return change(current);
          },
          actor,
          { ...options, decisions: judged },
        );
      } catch (error) {
        if (!(error instanceof Moved)) throw error;
      }
    }
    throw movedTooOften(kind, key);
  };

  const remove: Store['delete'] = async (kind, key, actor, options = {}) => {
    const asked = { kind, operation: 'DELETE', ...key } as const;
    const isPolicy = isPolicyOfPeople(kind, actor);
    const telling = toldOnce(options);
    for (let tries = 0; tries < mostTries; tries++) {
      // What cannot be deleted is said as ever, and what is judged is the newest.
      await store.delete(kind, key, actor, { ...options, dryRun: true });
      const current = plain(await store.get(kind, key));
      if (isPolicy) checkDeletionOfPolicy(current as unknown as Policy);
      const document = judgedDocument(current);
      const judged = isPolicy ? [] : await review({ ...asked, document, old: document }, actor, telling);
      const { resourceVersion } = current.metadata;
      try {
        return await store.delete(kind, key, actor, { resourceVersion, ...options, decisions: judged });
      } catch (error) {
        if (options.resourceVersion !== undefined || !isPlatformError(error, 'Conflict')) throw error;
      }
    }
    throw movedTooOften(kind, key);
  };

  const isJudged = (asked: Omit<Asked, 'document'>, actor: Actor): boolean =>
    isPolicyOfPeople(asked.kind, actor) || concerns(asked, actor);

  return {
    ...store,
    create(kind, object, actor, options) {
      const { namespace = '', name = '' } = object.metadata;
      return isJudged({ kind, operation: 'CREATE', namespace, name }, actor)
        ? create(kind, object, actor, options)
        : store.create(kind, object, actor, options);
    },
    mutate: (kind, key, change, actor, options) =>
      !options?.subresource && isJudged({ kind, operation: 'UPDATE', ...key }, actor)
        ? mutate(kind, key, change, actor, options)
        : store.mutate(kind, key, change, actor, options),
    delete: (kind, key, actor, options) =>
      isJudged({ kind, operation: 'DELETE', ...key }, actor)
        ? remove(kind, key, actor, options)
        : store.delete(kind, key, actor, options),
  };
};
