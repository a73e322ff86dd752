import type { PolicySubject } from '@causeway/contracts';
import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type Evidence,
  EvidenceKind,
  type Exception,
  ExceptionKind,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyOf,
  keyText,
  type ObjectKey,
  type Policy,
  PolicyKind,
  PolicyReportKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { digestOf, type JudgingPolicy, type Verdict } from '@causeway/policy';
import { createOnce } from '../../create-once.ts';
import { ownedBy } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { reportName, reportOf } from './policy-report.ts';

/** What the background scan asks. */
export interface Scanning {
  readonly policies: () => readonly JudgingPolicy[];
  readonly judge: (subject: PolicySubject) => Promise<Verdict>;
  /** The documents that stand for an object: itself, and what deciding places make of it. */
  readonly subjectsOf: (object: KindObject) => readonly PolicySubject[];
  /** Changes whenever a policy or an exception may judge otherwise. */
  readonly standing: () => unknown;
}

/** The clock alone is no reason to ask again: what ends, says so when it does. */
const timeless = ({ object, request: { time: _time, ...request } }: PolicySubject): unknown => ({
  object,
  request,
});

const actor = controllerActor('policy-report');

/** Nobody waits for the first report of an object, and somebody for what is made of the object just then. */
const firstAfterMs = 1_000;

/** What people write, and so what policies are about. Policies and what belongs to them judge; they are not judged here. */
export const isScanned = ({ kind, access }: KindDefinition): boolean =>
  access.create !== undefined && !['Policy', 'Exception', 'AccessToken'].includes(kind);

/** Says of each policy whether it may judge otherwise than when last asked: its own status changes far more often. */
const createChangeFilter = (engine: Engine): ((policy: KindObject) => boolean) => {
  const seen = new Map<string, string>();
  return object => {
    const { metadata, status } = object as Policy;
    const there = engine.store.peek(PolicyKind, keyOf(object)) !== undefined;
    const version = there ? `${metadata.generation}/${status?.digest ?? ''}` : 'gone';
    if (seen.get(metadata.uid) === version) return false;
    seen.set(metadata.uid, version);
    return true;
  };
};

const serviceOf = (object: KindObject): readonly ObjectKey[] => {
  const { metadata, spec } = object as Evidence;
  return [{ namespace: metadata.namespace ?? '', name: spec.service }];
};

/** Keeps the report of each object of a kind true: judged again when it, a policy, or an exception of its team changes. */
export const reportController = (
  engine: Engine,
  kind: KindDefinition,
  { policies, judge, subjectsOf, standing }: Scanning,
): ControllerDefinition => {
  const { store, clock } = engine;
  const mayJudgeOtherwise = createChangeFilter(engine);
  /** What was judged last for each object: its status changes far more often than what is wanted of it. */
  const judged = new Map<string, string>();
  /** Since when those are there that have not been judged yet, by the clock that only moves on. */
  const news = new Map<string, number>();
  const keysIn = (namespace?: string): readonly ObjectKey[] => store.peekAll(kind, namespace).map(keyOf);
  return defineController({
    name: `policy-report-${kind.plural}`,
    kind,
    concurrency: 2,
    watches: [
      { kind: PolicyKind, keys: policy => (mayJudgeOtherwise(policy) ? keysIn() : []) },
      {
        kind: ExceptionKind,
        keys: exception =>
          keysIn(kind.scope === 'Namespaced' ? (exception as Exception).metadata.namespace : undefined),
      },
      // What is known of a release is judged with its service.
      ...(kind === ServiceKind
        ? [
            { kind: EvidenceKind, keys: serviceOf },
            { kind: TeamKind, keys: ({ metadata }: KindObject) => keysIn(metadata.name) },
          ]
        : []),
    ],
    async reconcile(key) {
      const object = store.peek(kind, key) as KindObject | undefined;
      const place = keyText(key);
      if (!object || object.metadata.deletionTimestamp) {
        judged.delete(place);
        news.delete(place);
        return undefined;
      }
      if (!judged.has(place)) {
        const since = news.get(place) ?? clock.elapsed();
        news.set(place, since);
        const leftMs = since + firstAfterMs - clock.elapsed();
        if (leftMs > 0) return { after: leftMs };
      }
      const subjects = subjectsOf(object);
      const question = digestOf([standing(), subjects.map(timeless)]);
      if (judged.get(place) === question) return undefined;
      const verdicts = await Promise.all(subjects.map(judge));
      const decisions = verdicts.flatMap(verdict => verdict.decisions);
      const told = policies().map(({ name, spec }) => ({ name, ...spec }));
      await write(engine, kind, object, reportOf(object, decisions, told));
      judged.set(place, question);
      news.delete(place);
      return undefined;
    },
  });
};

/** Reports of what belongs to no team stand in the platform’s namespace of core objects: the team’s own, when it is a team. */
const namespaceOf = ({ metadata: { namespace, name } }: KindObject): string => namespace ?? name;

const write = async (
  { store }: Engine,
  kind: KindDefinition,
  object: KindObject,
  report: ReturnType<typeof reportOf>,
): Promise<void> => {
  const key = { namespace: namespaceOf(object), name: reportName(kind.plural, object.metadata.name) };
  const known = store.peek(PolicyReportKind, key);
  try {
    if (!report) {
      if (known) await store.delete(PolicyReportKind, key, actor);
    } else if (!known)
      await createOnce(
        store,
        PolicyReportKind,
        { metadata: { ...key, ownerReferences: [ownedBy(object)] }, ...report } as never,
        actor,
      );
    else await store.mutate(PolicyReportKind, key, current => ({ ...current, ...report }), actor);
  } catch (error) {
    // The team or the object went meanwhile.
    if (!isPlatformError(error, 'NotFound')) throw error;
  }
};
