import type { PolicySubject } from '@causeway/contracts';
import type { Engine } from '@causeway/engine';
import { type Evidence, EvidenceKind, type KindDefinition, type KindObject, kinds } from '@causeway/model';
import { admissionSubject } from '../admission/admission-subject.ts';
import { judgedDocument } from '../admission/judged-document.ts';
import { subjectsOfEvidence } from '../evidence/evidence-subjects.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { judgedController } from './judged-controller.ts';
import { isScanned, reportController } from './report-controller.ts';

type Judging = Pick<PolicyRegistry, 'policies' | 'judgeNow' | 'context' | 'onChange'>;

const scanned = (subject: PolicySubject): PolicySubject => ({
  ...subject,
  request: { ...subject.request, place: 'scan' },
});

/** Judges everything there is in the background, again whenever something may come out otherwise. */
export const runPolicyReports = (engine: Engine, registry: Judging): void => {
  const subjectsOf = (kind: KindDefinition) => (object: KindObject) => {
    const { name, namespace = '' } = object.metadata;
    const time = new Date(engine.clock.now()).toISOString();
    if (kind === EvidenceKind)
      return subjectsOfEvidence(engine.store, object as Evidence, {
        time,
        context: registry.context(namespace),
      }).map(scanned);
    const subject = admissionSubject({
      kind,
      operation: 'CREATE',
      namespace,
      name,
      actor: { user: 'system:server' },
      document: judgedDocument(object),
      time,
    });
    const context = registry.context(subject.request.team ?? '');
    return [scanned({ ...subject, request: { ...subject.request, context } })];
  };
  let standing = 0;
  registry.onChange(() => {
    standing += 1;
  });
  for (const kind of kinds.filter(isScanned))
    engine.run(
      reportController(engine, kind, {
        policies: registry.policies,
        judge: registry.judgeNow,
        standing: () => standing,
        subjectsOf: subjectsOf(kind),
      }),
    );
  engine.run(judgedController(engine));
};
