import type { PolicyEngine } from '@causeway/contracts';
import type { Engine, RecordedDecision } from '@causeway/engine';
import { PlatformError, type Policy, PolicyKind } from '@causeway/model';
import {
  createReplay,
  type JudgingPolicy,
  judge,
  nameOfSubject,
  type ReplayReport,
  sourceOf,
  versionOf,
} from '@causeway/policy';
import { subjectOfDecision } from '../record/decision-of.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';

export interface ReplayParts {
  readonly engine: Pick<Engine, 'store' | 'decisions'>;
  readonly policyEngine: Pick<PolicyEngine, 'load' | 'evaluate'>;
  readonly registry: Pick<PolicyRegistry, 'exceptions'>;
}

export interface ReplayRequest {
  readonly policy: string;
  /** The policy as it might be; as it is when not given. */
  readonly candidate?: Policy['spec'];
  /** RFC 3339. */
  readonly since: string;
  /** Whose decisions; all when not given. */
  readonly teams?: readonly string[];
}

/** So many are in memory at once. */
const pageSize = 500;

const candidateOf = async (
  { engine: { store }, policyEngine }: ReplayParts,
  { policy: name, candidate }: ReplayRequest,
): Promise<JudgingPolicy> => {
  const live = store.peek(PolicyKind, { namespace: '', name });
  if (!live && !candidate)
    throw new PlatformError('NotFound', `there is no policy '${name.slice(0, 100)}'`, { kind: 'policies' });
  const given = candidate ?? (live as Policy).spec;
  const source = sourceOf(candidate ? { spec: candidate } : (live as Policy));
  if (!source)
    throw new PlatformError('BadRequest', `the text of ${name} is not here: give it with the candidate`);
  const { digest } = await policyEngine.load(source);
  // Whatever it is now, the question is what it would refuse.
  const spec = { ...given, action: 'deny' as const };
  return { name, spec, source, loaded: digest, version: versionOf(spec, source) };
};

/** Whether the policy itself refused it then. */
const refusedBy = ({ allowed, results }: RecordedDecision, policy: string): boolean =>
  !allowed &&
  results.some(
    one =>
      one.policy === policy && one.action === 'deny' && (one.result === 'fail' || one.result === 'error'),
  );

/**
 * Judges what was recorded once more, by a policy as it is or might be, page by page: however much there is, a page of it is in
 * memory. Time and surroundings are those of then, exceptions too. What is wrong with the request is thrown before the first page.
 */
export const beginReplay = async (
  parts: ReplayParts,
  request: ReplayRequest,
  signal?: AbortSignal,
): Promise<Replay> => pagesOf(parts, request, await candidateOf(parts, request), signal);

/** Yields after each page how many were judged until then; ends with the report. */
export type Replay = AsyncGenerator<number, ReplayReport>;

async function* pagesOf(
  { engine, policyEngine, registry }: ReplayParts,
  request: ReplayRequest,
  policy: JudgingPolicy,
  signal: AbortSignal | undefined,
): Replay {
  const exceptions = registry.exceptions().filter(({ spec }) => spec.policy === policy.name);
  const replay = createReplay(policy.name, request.since);
  const again = async (decision: RecordedDecision): Promise<void> => {
    const kept = subjectOfDecision(decision);
    if (!kept) return;
    const { subject, redacted } = kept;
    const { allowed, decisions } = await judge(
      { engine: policyEngine, policies: [policy], exceptions },
      subject,
    );
    const before = refusedBy(decision, policy.name);
    const [said] = decisions;
    if (!said && !before) return;
    replay.add({
      at: decision.at,
      team: decision.team,
      object: `${decision.kind}/${nameOfSubject(subject)}`,
      before: before ? 'refused' : 'passed',
      now: allowed ? 'passed' : 'refused',
      messages: said?.error ? [said.error] : (said?.findings.map(({ message }) => message) ?? []),
      redacted,
    });
  };
  let before: number | undefined;
  let judged = 0;
  for (;;) {
    signal?.throwIfAborted();
    const page = await engine.decisions.read({
      since: request.since,
      ...(request.teams ? { teams: request.teams } : {}),
      ...(before === undefined ? {} : { before }),
      limit: pageSize,
      inputs: true,
    });
    await Promise.all(page.map(again));
    if (page.length < pageSize) return replay.report();
    before = page.at(-1)?.seq;
    judged += page.length;
    yield judged;
  }
}
