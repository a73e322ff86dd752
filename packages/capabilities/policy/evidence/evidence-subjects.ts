import type { PolicySubject } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import { type Evidence, EvidenceKind, ServiceKind, TeamKind } from '@causeway/model';
import { actorOf } from '../admission/admission-subject.ts';
import type { PolicyContext } from '../registry/policy-context.ts';

interface Surroundings {
  readonly context: PolicyContext;
  /** RFC 3339. */
  readonly time: string;
}

const scans: readonly string[] = ['trivy', 'sarif', 'aws-config'];

/** All that was handed in about the same release elsewhere. */
const sameRelease = (store: Store, { metadata, spec }: Evidence): readonly Evidence[] =>
  store
    .peekAll(
      EvidenceKind,
      metadata.namespace,
      one =>
        one.spec.service === spec.service &&
        (one.spec.environment === undefined || one.spec.environment === spec.environment) &&
        (one.spec.commit === undefined || one.spec.commit === spec.commit),
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

/** What a person vouches for who did not ask for the release: their own word, or that of others whom they name. Programs vouch for nothing. */
export const approvalsIn = (evidence: readonly Evidence[], requestedBy: string): readonly string[] => {
  const others = evidence.filter(
    ({ spec: { submittedBy } }) =>
      submittedBy !== undefined && submittedBy !== requestedBy && actorOf({ user: submittedBy }) === 'person',
  );
  const named = others.flatMap(({ spec: { attributes, submittedBy } }) => [
    ...(Array.isArray(attributes.approvals)
      ? attributes.approvals.filter(one => typeof one === 'string')
      : []),
    ...(attributes.approved === true && submittedBy ? [submittedBy] : []),
  ]);
  return [...new Set(named)].filter(user => user !== requestedBy).sort();
};

const releaseElsewhere = (store: Store, evidence: Evidence): Record<string, unknown> => {
  const { service, commit, environment, submittedBy = '' } = evidence.spec;
  const { namespace = '' } = evidence.metadata;
  const team = store.peek(TeamKind, { namespace: '', name: namespace })?.spec;
  const known = store.peek(ServiceKind, { namespace, name: service })?.spec;
  const all = sameRelease(store, evidence);
  const attributes: Record<string, unknown> = Object.assign({}, ...all.map(one => one.spec.attributes));
  const approvals = approvalsIn(all, submittedBy);
  return {
    tests: 'none',
    ...(known ? { service: known, replicas: known.replicas } : { service: {} }),
    ...(known?.runbook ? { runbook: known.runbook } : {}),
    ...attributes,
    ...(commit ? { commit } : {}),
    environment,
    requestedBy: submittedBy,
    team: {
      ...(team?.onCall ? { onCall: team.onCall } : {}),
      ...(team?.costCenter ? { costCenter: team.costCenter } : {}),
      ...(team ? { type: team.type } : {}),
      owners: team?.members.filter(({ role }) => role === 'owner').length ?? 0,
    },
    reviewed: approvals.length > 0,
    approvals,
    findings: all.flatMap(one => one.spec.findings),
    components: all.flatMap(one => one.spec.components),
    attributes,
  };
};

/**
 * The documents that evidence stands for: what a scanner found, what a service is made of, and, when it names an environment,
 * a release that somebody makes elsewhere. The same rules judge it as those made here.
 */
export const subjectsOfEvidence = (
  store: Store,
  evidence: Evidence,
  { context, time }: Surroundings,
): readonly PolicySubject[] => {
  const { service, commit, environment, format, tool, findings, components, submittedBy } = evidence.spec;
  const { namespace = '', labels } = evidence.metadata;
  const common = {
    service,
    format,
    ...(commit ? { commit } : {}),
    ...(tool ? { tool } : {}),
    ...(submittedBy ? { submittedBy } : {}),
  };
  const subject = (kind: string, spec: Record<string, unknown>): PolicySubject => ({
    object: {
      apiVersion: 'causeway.dev/v1',
      kind,
      metadata: { name: service, namespace, ...(labels ? { labels } : {}) },
      spec,
    },
    request: {
      operation: 'CREATE',
      place: 'release',
      user: submittedBy ?? '',
      actor: actorOf({ user: submittedBy ?? '' }),
      team: namespace,
      ...(environment ? { environment } : {}),
      time,
      context,
    },
  });
  return [
    ...(scans.includes(format) || findings.length > 0
      ? [subject('ScanReport', { ...common, findings })]
      : []),
    ...(components.length > 0 || format === 'cyclonedx' ? [subject('SBOM', { ...common, components })] : []),
    ...(environment ? [subject('ReleaseEvidence', releaseElsewhere(store, evidence))] : []),
  ];
};
