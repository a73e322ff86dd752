import type { Controller } from '@causeway/engine';
import { serviceController } from './catalog/service/service-controller.ts';
import { teamController } from './catalog/team/team-controller.ts';
import { type RunningForges, runForges } from './changes/forge/run-forges.ts';
import { type Changes, runChanges } from './changes/request/change-controller.ts';
import { runSources } from './changes/source/source-controller.ts';
import { buildController } from './delivery/build/build-controller.ts';
import { promotionController } from './delivery/promotion/promotion-controller.ts';
import { standingRolloutController } from './delivery/promotion/standing-rollout-controller.ts';
import { releaseController } from './delivery/release/release-controller.ts';
import { rolloutController } from './delivery/rollout/rollout-controller.ts';
import { environmentController } from './environments/environment/environment-controller.ts';
import { previewController } from './environments/preview/preview-controller.ts';
import { requestController } from './environments/request/request-controller.ts';
import { evidenceController } from './policy/evidence/evidence-controller.ts';
import { exceptionController } from './policy/exception/exception-controller.ts';
import { policyController } from './policy/registry/policy-controller.ts';
import { runPolicyReports } from './policy/report/run-policy-reports.ts';
import type { Capabilities } from './settings.ts';

export { withKnownTemplates } from './catalog/service/known-template.ts';
export { teamQuota, withGuardedQuota } from './catalog/team/team-quota.ts';
export { haveLookedAt } from './changes/forge/look-at.ts';
export { type ConfiguredForge, forgeOf } from './changes/forge/repository-in-forge.ts';
export type { RunningForges } from './changes/forge/run-forges.ts';
export { type CommitToPlan, folderOf, planFor } from './changes/plan/plan-for.ts';
export { planLines } from './changes/plan/plan-lines.ts';
export { approveChange } from './changes/request/approve.ts';
export type { Changes } from './changes/request/change-controller.ts';
export { changeDiff } from './changes/request/change-diff.ts';
export { closeChange, reopenChange } from './changes/request/close-change.ts';
export { commentOnChange } from './changes/request/comment.ts';
export { mergeChange } from './changes/request/merge-change.ts';
export { openChange } from './changes/request/open-change.ts';
export { changeOptionProblems } from './changes/request/push-options.ts';
export { reportChanges } from './changes/request/report-changes.ts';
export { withGuardedSources } from './changes/source/guarded-sources.ts';
export { deploy } from './delivery/actions/deploy.ts';
export { rollback } from './delivery/actions/rollback.ts';
export { withGuardedGates } from './delivery/promotion/guarded-gates.ts';
export { type PromotionWish, promote } from './delivery/promotion/promote.ts';
export { reportPush, type TakenPush } from './delivery/push/report-push.ts';
export { recordSteps, type Step, type StepType } from './delivery/steps.ts';
export { extend, recreate, renew, setAsleep } from './environments/actions/life-actions.ts';
export { retry } from './environments/actions/retry.ts';
export { environmentsFollowing } from './environments/environment/follows-branch.ts';
export { withCheckedRequests } from './environments/request/checked-requests.ts';
export { insightsOf } from './insights/insights.ts';
export { type ReleaseLogQuery, releaseLog } from './logs/release-log.ts';
export { type ServiceLogQuery, serviceLog } from './logs/service-log.ts';
export { type PolicyGuard, withPolicies } from './policy/admission/guarded-by-policies.ts';
export { judgePlan } from './policy/build-plan/judge-plan.ts';
export {
  decidableExceptions,
  decideException,
  type ExceptionDecision,
} from './policy/exception/decide-exception.ts';

export { withGuardedExceptions } from './policy/exception/guarded-exceptions.ts';
export { explainDocument, explainObject } from './policy/explain/explain-object.ts';
export { judgeProposal, type ProposedPush } from './policy/push/judge-proposal.ts';
export { policiesIn } from './policy/registry/policy-controller.ts';
export {
  createPolicyRegistry,
  type PolicyObserver,
  type PolicyRegistry,
} from './policy/registry/policy-registry.ts';
export { beginReplay, type ReplayParts } from './policy/replay/replay-policy.ts';
export { installShippedPolicies } from './policy/shipped/install-shipped.ts';
export type { Addresses, Capabilities, Templates, Visitor } from './settings.ts';

export interface RunningCapabilities {
  /** What a push nudges. */
  readonly services: Controller;
  readonly policies: Controller;
  readonly changes: Changes;
  /** What a webhook nudges. */
  readonly forges: RunningForges;
  /** What a push to a branch nudges. */
  readonly environments: Controller;
  readonly previews: Controller;
}

/** Runs every reconciler. */
export const runCapabilities = (capabilities: Capabilities): RunningCapabilities => {
  const { engine } = capabilities;
  engine.run(teamController(engine));
  engine.run(requestController(capabilities));
  const environments = engine.run(environmentController(capabilities));
  engine.run(buildController(capabilities));
  engine.run(releaseController(engine));
  engine.run(rolloutController(capabilities));
  engine.run(standingRolloutController(engine));
  engine.run(promotionController(capabilities));
  engine.run(exceptionController(engine));
  engine.run(evidenceController(engine, capabilities.policies));
  runPolicyReports(engine, capabilities.policies);
  runSources(capabilities);
  return {
    environments,
    previews: engine.run(previewController(capabilities)),
    changes: runChanges(capabilities),
    forges: runForges(capabilities),
    services: engine.run(serviceController(capabilities)),
    policies: engine.run(policyController(capabilities)),
  };
};
