import type { NewDecision, Store } from '@causeway/engine';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyOf,
  type ObjectKey,
  type Plan,
  type PlannedChange,
  PlatformError,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { rounded } from '../cost/rates.ts';
import { type TeamCosts, teamCosts } from '../cost/team-cost.ts';
import { sourceAnnotation } from '../source/annotations.ts';
import { automationFor } from '../source/automation.ts';
import { type Claim, claimsOf, sourceBeside, unsaid } from '../source/claims.ts';
import { type Comparison, compareDocument } from '../source/compare-document.ts';
import { endedWords } from '../source/ended.ts';
import { inGroups } from '../source/in-order.ts';
import { plainObject } from '../source/plain-object.ts';
import type { PlatformDocument } from '../source/platform-document.ts';
import type { PlatformFiles } from '../source/platform-files.ts';
import { createPlannedStore, type PlannedStore } from './planned-store.ts';
import { hasRoom, quotaAfter, withinQuota } from './quota-after.ts';

export interface PlanRequest {
  readonly team: string;
  /** The Source whose files they are: of a service’s repository the service’s name. */
  readonly source: string;
  readonly commit: string;
  /** For whom it would be applied. */
  readonly by: string;
  /** Told what policies decided. */
  readonly judged?: (decision: NewDecision) => void;
}

export type PlanParts = Pick<Capabilities, 'engine' | 'guard' | 'guarded' | 'offer' | 'rateCard'>;

interface Planning extends PlanRequest {
  readonly parts: PlanParts;
  readonly planned: PlannedStore;
  readonly costs: { readonly before: TeamCosts; readonly after: TeamCosts } | undefined;
  rules: number;
}

/** What a person is told of an error: what is wrong, and what to do. */
export const wordsOfError = (error: PlatformError): string => {
  const message = /[.!?:]$/.test(error.message) ? error.message : `${error.message}.`;
  const saysIt = error.code === 'PolicyDenied' || message.includes(error.next);
  return saysIt ? message : `${message} ${error.next}`;
};

/** Errors that say that nobody can tell now are not an answer. */
const isAnswer = (error: unknown): error is PlatformError =>
  error instanceof PlatformError &&
  !isPlatformError(error, 'Unavailable') &&
  !isPlatformError(error, 'Internal');

/** A dry run of a write, with what policies said. */
const tried = async (
  planning: Planning,
  write: (options: {
    dryRun: true;
    warn: (text: string) => void;
    judged: (decision: NewDecision) => void;
  }) => Promise<unknown>,
): Promise<{ object?: KindObject; error?: PlatformError; warnings: string[] }> => {
  const warnings: string[] = [];
  try {
    const object = await write({
      dryRun: true,
      warn: text => warnings.push(text),
      judged: decision => {
        planning.rules += decision.results.filter(({ result }) => result === 'pass').length;
        planning.judged?.(decision);
      },
    });
    return { object: plainObject(object), warnings };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return { error, warnings };
  }
};

const costOf = (
  { costs }: Planning,
  kind: KindDefinition,
  before: KindObject | undefined,
  after: KindObject | undefined,
): Pick<PlannedChange, 'monthlyCost'> => {
  if (!costs) return {};
  const grows = (after ? costs.after.of(kind, after) : 0) - (before ? costs.before.of(kind, before) : 0);
  return rounded(grows) === 0 ? {} : { monthlyCost: rounded(grows) };
};

/** What a dry run refused for want of room that something leaves which goes with the same change. */
const madeInRoom = (
  { planned, team }: Planning,
  kind: KindDefinition,
  compared: Comparison,
  error: PlatformError | undefined,
): KindObject | undefined =>
  compared.action === 'create' && error?.code === 'QuotaExceeded' && hasRoom(planned.store, kind, team)
    ? plainObject({ ...compared.object, spec: kind.spec.parse(compared.object.spec ?? {}) })
    : undefined;

const planDocument = async (planning: Planning, document: PlatformDocument): Promise<PlannedChange> => {
  const { parts, planned, team, source, commit, by } = planning;
  const { kind, name, path, line } = document;
  const key: ObjectKey = { namespace: team, name };
  const about = { kind: kind.kind, name, path, line };
  const found = parts.engine.store.peek(kind, key);
  const live = found && plainObject(found);
  const compared = compareDocument(
    parts.engine.store,
    { source: { namespace: team, name: source }, commit },
    document,
    live,
  );
  if (compared.action === 'refuse') return { ...about, action: 'refuse', problems: [compared.problem] };
  if (compared.action === 'unchanged') return { ...about, action: 'unchanged' };
  const store = parts.guard(planned.store);
  const { object, error, warnings } = await tried(planning, options =>
    compared.action === 'create'
      ? store.create(kind, compared.object, automationFor(by), options)
      : store.mutate(kind, key, () => compared.next, automationFor(by), options),
  );
  const told = live && kind === EnvironmentRequestKind ? endedWords(live) : undefined;
  const advice = told === undefined ? warnings : [...warnings, told];
  const change = {
    ...about,
    ...(compared.action === 'change' ? { fields: [...compared.fields] } : {}),
    ...(advice.length > 0 ? { warnings: advice } : {}),
  };
  const made = object ?? madeInRoom(planning, kind, compared, error);
  if (!made && error) return { ...change, action: 'refuse', problems: [wordsOfError(error)] };
  if (made) planned.put(kind, made);
  return { ...change, action: compared.action, ...costOf(planning, kind, live, made) };
};

/** What a deletion takes along, for whoever thought that a file is only moved. */
const endsWith = (store: Pick<Store, 'peek'>, kind: KindDefinition, { metadata }: KindObject): string[] => {
  const { name } = metadata;
  const key = { namespace: metadata.namespace ?? '', name };
  if (kind === ServiceKind)
    return [`This removes the service ${name} in every environment. Its repository is kept in the archive.`];
  if (!store.peek(EnvironmentKind, key)) return [];
  return [
    `This removes the environment ${name} with all that runs in it. To move it to another repository instead: kubectl annotate ${kind.plural} ${name} -n ${key.namespace} --overwrite ${sourceAnnotation}=SOURCE, and push it there first.`,
  ];
};

const planDeletion = async (
  planning: Planning,
  { kind, object, path, adopted }: Claim,
): Promise<PlannedChange> => {
  const about = { kind: kind.kind, name: object.metadata.name, path };
  if (adopted)
    return {
      ...about,
      action: 'unchanged',
      warnings: ['It was there before the file, and stays. Delete it by hand if it is to go.'],
    };
  const { store } = planning.parts.engine;
  const key = { namespace: planning.team, name: planning.source };
  const next = sourceBeside(store, key, kind, object.metadata.name);
  if (next !== undefined)
    return {
      ...about,
      action: 'unchanged',
      warnings: [`It goes on by the files of the source ${next}, which say it as well.`],
    };
  const { error, warnings: advice } = await tried(planning, options =>
    planning.parts.guarded.delete(kind, keyOf(object), automationFor(planning.by), options),
  );
  const warnings = [...endsWith(store, kind, object), ...advice];
  const change = { ...about, ...(warnings.length > 0 ? { warnings } : {}) };
  if (error) return { ...change, action: 'refuse', problems: [wordsOfError(error)] };
  planning.planned.drop(kind, keyOf(object));
  return { ...change, action: 'delete', ...costOf(planning, kind, object, undefined) };
};

/** Works out what files would create, change and delete if they were applied now, by dry runs for whoever would apply them. */
export const planFiles = async (
  parts: PlanParts,
  request: PlanRequest,
  files: PlatformFiles,
): Promise<Plan> => {
  const { store } = parts.engine;
  const { team, source, commit } = request;
  const planned = createPlannedStore(store);
  const { rateCard: rates, offer } = parts;
  const costs = rates && {
    before: teamCosts({ store, team, rates, offer }),
    after: teamCosts({ store: planned.store, team, rates, offer }),
  };
  const planning: Planning = { ...request, parts, planned, costs, rules: 0 };
  const gone =
    files.problems.length > 0
      ? []
      : unsaid(claimsOf(store, { namespace: team, name: source }), files.documents);
  const deletions = await Promise.all(gone.map(claim => planDeletion(planning, claim)));
  const changes: PlannedChange[] = [];
  for (const group of inGroups(files.documents))
    changes.push(...(await Promise.all(group.map(document => planDocument(planning, document)))));
  const all = [...withinQuota(store, planned.store, team, changes), ...deletions];
  return {
    commit,
    allowed: files.problems.length === 0 && all.every(({ action }) => action !== 'refuse'),
    changes: all,
    problems: [...files.problems],
    ...(files.notes.length > 0 ? { notes: [...files.notes] } : {}),
    policies: planning.rules,
    ...costAfter(planning, all),
    quota: quotaAfter(planned.store, team),
  };
};

const costAfter = (
  { costs, parts, team }: Planning,
  changes: readonly PlannedChange[],
): Pick<Plan, 'cost'> => {
  if (!costs || !parts.rateCard) return {};
  const budget = parts.engine.store.peek(TeamKind, { namespace: '', name: team })?.spec.budget?.monthly;
  return {
    cost: {
      currency: parts.rateCard.currency,
      monthly: rounded(changes.reduce((sum, { monthlyCost = 0 }) => sum + monthlyCost, 0)),
      teamMonthly: rounded(costs.after.total()),
      ...(budget === undefined ? {} : { budget }),
    },
  };
};
