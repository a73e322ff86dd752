import type { PolicySubject } from '@causeway/contracts';
import type { Store } from '@causeway/engine';
import {
  BuildKind,
  type Evidence,
  EvidenceKind,
  type KindDefinition,
  type KindObject,
  productionEnvironment,
  ReleaseKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { admissionSubject } from '../admission/admission-subject.ts';
import { judgedDocument } from '../admission/judged-document.ts';
import { subjectsOfEvidence } from '../evidence/evidence-subjects.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { type ReleaseCandidate, releaseEvidence } from '../release/release-evidence.ts';

export interface ScanParts {
  readonly store: Store;
  readonly registry: Pick<PolicyRegistry, 'context'>;
  /** RFC 3339. */
  readonly time: string;
}

/** The release that serves, as it was judged before it did. */
const servingRelease = (
  store: Store,
  service: Service,
): Omit<ReleaseCandidate, 'time' | 'context'> | undefined => {
  const { namespace = '' } = service.metadata;
  const name = service.status?.release;
  const release = name === undefined ? undefined : store.peek(ReleaseKind, { namespace, name });
  if (!release) return undefined;
  const { commit, sequence, artifact, createdBy, build } = release.spec;
  return {
    service,
    name: release.metadata.name,
    commit,
    sequence,
    artifact,
    environment: productionEnvironment,
    build: store.peek(BuildKind, { namespace, name: build }),
    requestedBy: createdBy,
  };
};

const documentsOf = (
  { store, registry, time }: ScanParts,
  kind: KindDefinition,
  object: KindObject,
): readonly PolicySubject[] => {
  const { name, namespace = '' } = object.metadata;
  const context = registry.context(namespace);
  if (kind === EvidenceKind) return subjectsOfEvidence(store, object as Evidence, { time, context });
  const itself = admissionSubject({
    kind,
    operation: 'CREATE',
    namespace,
    name,
    actor: { user: 'system:server' },
    document: judgedDocument(object),
    time,
  });
  const serving = kind === ServiceKind ? servingRelease(store, object as Service) : undefined;
  return [
    {
      ...itself,
      request: { ...itself.request, context: registry.context(itself.request.team ?? '') },
    },
    ...(serving ? [releaseEvidence(store, { ...serving, time, context })] : []),
  ];
};

/** The documents that stand for an object in the background scan: itself, and what deciding places made of it. */
export const scanSubjects = (
  parts: ScanParts,
  kind: KindDefinition,
  object: KindObject,
): readonly PolicySubject[] =>
  documentsOf(parts, kind, object).map(subject => ({
    ...subject,
    request: { ...subject.request, place: 'scan' },
  }));
