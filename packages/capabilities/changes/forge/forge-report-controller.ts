import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  type Check,
  EnvironmentKind,
  EnvironmentRequestKind,
  isPlatformError,
  type KindObject,
  keyOf,
  type ObjectKey,
  type Plan,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { environmentsAfter, requestedIn } from './environments-of-plan.ts';
import { sourceOf } from './forge-changes-controller.ts';
import { ownersReview } from './owners-review.ts';
import { changePlanner, type PlannedFiles, type PlanOfFiles, planAgainMs, waitsFor } from './plan-change.ts';
import { changesShownBy } from './previews-of-commit.ts';
import { countsOf, statusOf } from './report-text.ts';
import { type ConfiguredForge, forgeOf } from './repository-in-forge.ts';
import { tellForge } from './tell-forge.ts';

const actor = controllerActor('forge-report');
const againAfterSeconds = 10;

type Status = NonNullable<ChangeRequest['status']>;

/** What reporting to forges is made from. */
export interface ForgeReporting {
  readonly engine: Engine;
  readonly forges: readonly ConfiguredForge[];
  readonly plan: PlanOfFiles;
}

/** How the forge was told. */
interface Telling {
  readonly ok: boolean;
  readonly message: string;
  /** Seconds until it is tried again. */
  readonly after?: number;
}

const planCheck = (plan: Plan | undefined, waits: string | undefined): Check => {
  const { state, description } = statusOf(plan, waits);
  const states = { pending: 'Pending', success: 'Passed', failure: 'Failed' } as const;
  return { name: 'plan', state: states[state], message: description };
};

/** A change with all that was found out about it. */
const withFindings = (
  { store }: Engine,
  change: ChangeRequest,
  { plan, owners }: PlannedFiles,
  waits: string | undefined,
): ChangeRequest => {
  const { plan: _before, ...rest } = change.status ?? {};
  const planned = { ...change, status: { ...rest, ...(plan ? { plan } : {}) } };
  const { reviewers, check } = ownersReview(store, planned, owners);
  const status = {
    ...planned.status,
    reviewers: [...reviewers],
    checks: [planCheck(plan, waits), check],
    environments: environmentsAfter(store, planned),
  };
  return { ...planned, status };
};

/** After its end the plan is what it was; only its environments change. */
const afterItsEnd = ({ store }: Engine, change: ChangeRequest): ChangeRequest => ({
  ...change,
  status: { ...change.status, environments: environmentsAfter(store, change) },
});

/**
 * Plans what merging a change of a forge would do, and keeps the one comment and the status of its newest commit there true: as
 * long as it is open, and afterwards as long as its environments change.
 */
export const forgeReportController = ({ engine, forges, plan }: ForgeReporting): ControllerDefinition => {
  const { store, clock } = engine;
  const planner = changePlanner(clock, plan);
  return defineController({
    name: 'forge-report',
    kind: ChangeRequestKind,
    concurrency: 4,
    watches: [
      { kind: EnvironmentRequestKind, keys: request => askedBy(engine, request) },
      { kind: EnvironmentKind, keys: environment => changesShownBy(store, environment) },
    ],
    async reconcile(key, signal) {
      const change = store.peek(ChangeRequestKind, key);
      if (!change?.spec.forge || change.metadata.deletionTimestamp) return undefined;
      const source = sourceOf(engine, change);
      const place = source && forgeOf(forges, source);
      if (!source || !place?.allowed || change.status?.phase === undefined) return undefined;
      const isOpen = change.status.phase === 'Open';
      if (!isOpen) planner.forget(change.metadata.uid);
      const waits = waitsFor(change);
      let found = change;
      let telling: Telling;
      try {
        const planned =
          isOpen && waits === undefined
            ? await planner.of(change, source, place, signal)
            : { plan: undefined, owners: { asked: [] }, isNew: false };
        found = isOpen ? withFindings(engine, change, planned, waits) : afterItsEnd(engine, change);
        const reported = await tellForge(found, source, place, { waits, again: planned.isNew }, signal);
        found = { ...found, status: { ...found.status, reported } };
        telling = { ok: true, message: toldWords(place.forge.name, found.status?.plan) };
      } catch (error) {
        signal.throwIfAborted();
        if (!isPlatformError(error) || error.code === 'Conflict') throw error;
        const after = Math.max(againAfterSeconds, error.retryAfterSeconds ?? 0);
        telling = { ok: false, message: `${error.message}. ${error.next}`, after };
      }
      await report(engine, key, change, found.status, telling);
      if (telling.after !== undefined) return { after: telling.after * 1000 };
      return isOpen ? { after: planAgainMs } : undefined;
    },
  });
};

const toldWords = (forge: string, plan: Plan | undefined): string =>
  plan
    ? `${forge} shows that merging ${countsOf(plan)}`
    : `${forge} knows that nothing here is the platform’s`;

/** Change requests that asked for an environment. */
const askedBy = ({ store }: Engine, request: KindObject): readonly ObjectKey[] =>
  store
    .peekAll(
      ChangeRequestKind,
      request.metadata.namespace,
      change => change.spec.forge !== undefined && requestedIn(change).includes(request.metadata.name),
    )
    .map(keyOf);

/** One write, of what was found for the commit that was looked at; if there is a newer one, it is looked at next. */
const report = async (
  { store, clock }: Engine,
  key: ObjectKey,
  { status: before }: ChangeRequest,
  found: Status | undefined,
  { ok, message }: Telling,
): Promise<void> => {
  const condition = {
    type: 'Reported',
    status: ok ? ('True' as const) : ('False' as const),
    reason: ok ? 'Shown' : 'ForgeNotTold',
    message,
  };
  const next = (current: Status | undefined): Status => {
    const isOther = current?.head !== before?.head || current?.phase !== before?.phase;
    const { plan: _old, ...rest } = current ?? {};
    const { plan, checks, reviewers, environments, reported } = found ?? {};
    return {
      ...(isOther
        ? current
        : {
            ...rest,
            ...(plan ? { plan } : {}),
            ...(checks ? { checks } : {}),
            ...(reviewers ? { reviewers } : {}),
            ...(environments ? { environments } : {}),
            ...(reported ? { reported } : {}),
          }),
      conditions: withCondition(current?.conditions, condition, new Date(clock.now()).toISOString()),
    };
  };
  await store
    .mutate(ChangeRequestKind, key, current => ({ ...current, status: next(current.status) }), actor, {
      subresource: 'status',
    })
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
