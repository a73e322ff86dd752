import type { Engine } from '@causeway/engine';
import { kinds } from '@causeway/model';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { judgedController } from './judged-controller.ts';
import { isScanned, reportController } from './report-controller.ts';
import { scanSubjects } from './scan-subjects.ts';

type Judging = Pick<PolicyRegistry, 'policies' | 'judgeNow' | 'context' | 'onChange'>;

/** Judges everything there is in the background, again whenever something may come out otherwise. */
export const runPolicyReports = (engine: Engine, registry: Judging): void => {
  const { store, clock } = engine;
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
        subjectsOf: object =>
          scanSubjects({ store, registry, time: new Date(clock.now()).toISOString() }, kind, object),
      }),
    );
  engine.run(judgedController(engine));
};
