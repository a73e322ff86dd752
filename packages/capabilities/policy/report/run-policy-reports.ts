import type { Engine } from '@causeway/engine';
import { type KindDefinition, type KindObject, kinds } from '@causeway/model';
import { admissionSubject } from '../admission/admission-subject.ts';
import { judgedDocument } from '../admission/judged-document.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { judgedController } from './judged-controller.ts';
import { isScanned, reportController } from './report-controller.ts';

type Judging = Pick<PolicyRegistry, 'policies' | 'judgeNow' | 'context'>;

/** Judges everything there is in the background, again whenever something may come out otherwise. */
export const runPolicyReports = (engine: Engine, registry: Judging): void => {
  const subjectsOf = (kind: KindDefinition) => (object: KindObject) => {
    const { name, namespace = '' } = object.metadata;
    const subject = admissionSubject({
      kind,
      operation: 'CREATE',
      namespace,
      name,
      actor: { user: 'system:server' },
      document: judgedDocument(object),
      time: new Date(engine.clock.now()).toISOString(),
    });
    const context = registry.context(subject.request.team ?? '');
    return [{ ...subject, request: { ...subject.request, place: 'scan' as const, context } }];
  };
  for (const kind of kinds.filter(isScanned))
    engine.run(
      reportController(engine, kind, {
        policies: registry.policies,
        judge: registry.judgeNow,
        subjectsOf: subjectsOf(kind),
      }),
    );
  engine.run(judgedController(engine));
};
