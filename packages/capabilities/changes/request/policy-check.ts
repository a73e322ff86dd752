import type { PolicySubject } from '@causeway/contracts';
import type { ChangeRequest, Check } from '@causeway/model';
import { actorOf } from '../../policy/admission/admission-subject.ts';
import { decisionOf } from '../../policy/record/decision-of.ts';
import { refusalLines, speechOf, warningLines } from '../../policy/record/policy-denied.ts';
import type { Capabilities } from '../../settings.ts';
import { type BranchFacts, repositoryOf } from './branch-facts.ts';

type Parts = Pick<Capabilities, 'engine' | 'policies' | 'changeSource'>;

/** A change about to be merged, as rules see it. */
export interface Merge {
  readonly change: ChangeRequest;
  readonly facts: BranchFacts;
  /** Those whose approval counts. */
  readonly approvers: readonly string[];
  /** Who merges; before that who opened it. */
  readonly by: string;
}

export interface PolicyWord {
  readonly accept: boolean;
  readonly lines: readonly string[];
}

const mostPaths = 5000;
const longestMessage = 4000;

const mergeSubject = (
  { engine, policies }: Parts,
  { change, facts, approvers, by }: Merge,
): PolicySubject => {
  const { name, namespace = '', labels } = change.metadata;
  const { forge: _forge, closed: _closed, ...spec } = change.spec;
  return {
    object: {
      apiVersion: 'causeway.dev/v1',
      kind: 'Merge',
      metadata: { name, namespace, ...(labels ? { labels } : {}) },
      spec: {
        ...spec,
        commit: facts.head,
        commits: facts.ahead,
        behind: facts.behind,
        files: facts.files.slice(0, mostPaths).map(({ path }) => path),
        contributors: [...facts.contributors].sort(),
        approvals: approvers,
        by,
      },
    },
    request: {
      operation: 'UPDATE',
      place: 'change',
      user: by,
      actor: actorOf({ user: by }),
      team: namespace,
      time: new Date(engine.clock.now()).toISOString(),
      context: policies.context(namespace),
    },
  };
};

/** What policies about merges say of this one; recorded. */
export const judgeMerge = async (parts: Parts, merge: Merge): Promise<PolicyWord> => {
  const { engine, policies } = parts;
  const subject = mergeSubject(parts, merge);
  if (!policies.concerns(subject)) return { accept: true, lines: [] };
  const verdict = await policies.judgeNow(subject);
  if (verdict.decisions.length > 0) await engine.decisions.append(decisionOf(subject, verdict));
  const { refused, warned } = speechOf(verdict, policies.policies());
  const target = `ChangeRequest/${merge.change.metadata.name}`;
  return {
    accept: refused.length === 0,
    lines: [...refusalLines(refused, subject, target), ...warningLines(warned).map(line => `! ${line}`)],
  };
};

/** What policies say of a change: of its merge, and of what it would bring to the target branch, as at a push. */
export const policyCheck = async (parts: Parts, merge: Merge): Promise<Check> => {
  const { change, facts } = merge;
  const pushed = await parts.changeSource.judge(repositoryOf(change), {
    branch: change.spec.target,
    from: facts.base ?? facts.target,
    to: facts.head,
    by: merge.by,
  });
  const merged = await judgeMerge(parts, merge);
  const lines = [...pushed.lines, ...merged.lines].map(line => line.replace(/^policy {2}/, ''));
  const accept = pushed.accept && merged.accept;
  return {
    name: 'policy',
    state: accept ? 'Passed' : 'Failed',
    message: (lines.join('\n') || 'no policy has anything against it').slice(0, longestMessage),
  };
};
