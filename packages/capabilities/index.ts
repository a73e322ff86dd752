import type { Controller } from '@causeway/engine';
import { serviceController } from './catalog/service/service-controller.ts';
import { teamController } from './catalog/team/team-controller.ts';
import { buildController } from './delivery/build/build-controller.ts';
import { environmentController } from './delivery/environment/environment-controller.ts';
import { releaseController } from './delivery/release/release-controller.ts';
import { rolloutController } from './delivery/rollout/rollout-controller.ts';
import { exceptionController } from './policy/exception/exception-controller.ts';
import type { Capabilities } from './settings.ts';

export { withKnownTemplates } from './catalog/service/known-template.ts';
export { teamQuota, withGuardedQuota } from './catalog/team/team-quota.ts';
export { deploy } from './delivery/actions/deploy.ts';
export { rollback } from './delivery/actions/rollback.ts';
export { reportPush, type TakenPush } from './delivery/push/report-push.ts';
export { recordSteps, type Step, type StepType } from './delivery/steps.ts';
export { insightsOf } from './insights/insights.ts';
export { type ReleaseLogQuery, releaseLog } from './logs/release-log.ts';
export { type ServiceLogQuery, serviceLog } from './logs/service-log.ts';
export {
  decidableExceptions,
  decideException,
  type ExceptionDecision,
} from './policy/exception/decide-exception.ts';

export { withGuardedExceptions } from './policy/exception/guarded-exceptions.ts';
export { installShippedPolicies } from './policy/shipped/install-shipped.ts';
export type { Addresses, Capabilities, Templates, Visitor } from './settings.ts';

/** Runs every reconciler; the service controller is what a push nudges. */
export const runCapabilities = (capabilities: Capabilities): { readonly services: Controller } => {
  const { engine } = capabilities;
  engine.run(teamController(engine));
  engine.run(environmentController(engine));
  engine.run(buildController(capabilities));
  engine.run(releaseController(engine));
  engine.run(rolloutController(capabilities));
  engine.run(exceptionController(engine));
  return { services: engine.run(serviceController(capabilities)) };
};
