import type { PolicySubject } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import {
  type Artifact,
  type Build,
  type Evidence,
  EvidenceKind,
  type Service,
  TeamKind,
} from '@causeway/model';
import { changeOfCommit } from '../../changes/request/approvals-of-release.ts';
import { actorOf } from '../admission/admission-subject.ts';
import { approvalsIn } from '../evidence/evidence-subjects.ts';
import type { PolicyContext } from '../registry/policy-context.ts';

export interface ReleaseCandidate {
  readonly service: Service;
  readonly name: string;
  readonly commit: string;
  readonly sequence: number;
  readonly artifact: Artifact;
  /** As long as it is kept. */
  readonly build: Build | undefined;
  /** Where it is to serve. */
  readonly environment: string;
  /** Who wants it to serve. */
  readonly requestedBy: string;
  /** RFC 3339. */
  readonly time: string;
  readonly context: PolicyContext;
}

const mostFindings = 5000;
const mostComponents = 20_000;

/** What is known of a commit: handed in for it, or for every commit of the service. */
const evidenceOf = (store: Store, { service, commit, environment }: ReleaseCandidate): readonly Evidence[] =>
  store
    .peekAll(
      EvidenceKind,
      service.metadata.namespace,
      ({ spec }) =>
        spec.service === service.metadata.name &&
        (spec.environment === undefined || spec.environment === environment) &&
        (spec.commit === undefined || commit.startsWith(spec.commit)),
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

const testsOf = (build: Build | undefined): 'passed' | 'skipped' | 'none' => {
  if (!build) return 'none';
  if (!build.spec.settings.test.enabled) return 'skipped';
  const step = build.status?.steps?.find(({ name }) => name === 'test');
  return step?.state === 'Succeeded' ? 'passed' : 'none';
};

/** All that policies may know of a release before it serves somewhere, as one document. */
export const releaseEvidence = (store: Store, candidate: ReleaseCandidate): PolicySubject => {
  const { service, name, commit, sequence, artifact, build, environment, requestedBy, time, context } =
    candidate;
  const { metadata, spec } = service;
  const { namespace = '', labels } = metadata;
  const team = store.peek(TeamKind, { namespace: '', name: namespace });
  const evidence = evidenceOf(store, candidate);
  const attributes = Object.assign({}, ...evidence.map(one => one.spec.attributes));
  const change = changeOfCommit(store, namespace, metadata.name, commit);
  const approvals = [
    ...new Set([...approvalsIn(evidence, requestedBy), ...(change?.approvals ?? [])]),
  ].sort();
  return {
    object: {
      apiVersion: 'causeway.dev/v1',
      kind: 'ReleaseEvidence',
      metadata: { name: metadata.name, namespace, ...(labels ? { labels } : {}) },
      spec: {
        service: spec,
        commit,
        branch: spec.branch,
        sequence,
        build: name,
        builder: artifact.builder,
        ...(artifact.runtime ? { runtime: artifact.runtime } : {}),
        environment,
        // Who merges a change may be who has reviewed it: it is its author’s wish.
        requestedBy: change?.author ?? requestedBy,
        ...(change ? { change: { name: change.name, mergedBy: change.mergedBy } } : {}),
        tests: testsOf(build),
        replicas: spec.replicas,
        team: {
          ...(team?.spec.onCall ? { onCall: team.spec.onCall } : {}),
          ...(team?.spec.costCenter ? { costCenter: team.spec.costCenter } : {}),
          ...(team ? { type: team.spec.type } : {}),
          owners: team?.spec.members.filter(({ role }) => role === 'owner').length ?? 0,
        },
        ...(spec.runbook ? { runbook: spec.runbook } : {}),
        reviewed: approvals.length > 0,
        approvals,
        findings: evidence.flatMap(one => one.spec.findings).slice(0, mostFindings),
        components: evidence.flatMap(one => one.spec.components).slice(0, mostComponents),
        attributes,
      },
    },
    request: {
      operation: 'CREATE',
      place: 'release',
      user: requestedBy,
      actor: actorOf({ user: requestedBy }),
      team: namespace,
      environment,
      time,
      context,
    },
  };
};
