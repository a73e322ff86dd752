export { goBuilder } from './builder-go/go-builder.ts';
export { nodeBuilder } from './builder-node/node-builder.ts';
export { pythonBuilder } from './builder-python/python-builder.ts';
export { staticBuilder } from './builder-static/static-builder.ts';
export { createGiteaForge } from './forge-gitea/forge.ts';
export { createGitHubForge } from './forge-github/forge.ts';
export type { ForgeSettings } from './forge-http/forge-settings.ts';
export { type Account, closedFolders, isWithin } from './isolation/closed-folders.ts';
export { privateFolders } from './isolation/private-folders.ts';
export { teamUid } from './isolation/team-uid.ts';
export { createFileLogStore } from './log-files/file-log-store.ts';
export { type BundleLimits, createBundleReader } from './policy-bundle/bundle-reader.ts';
export {
  createPolicyEngine,
  type PolicyEngineOptions,
} from './policy-workers/create-policy-engine.ts';
export { overPlan } from './procfile/over-plan.ts';
export { type Procfile, parseProcfile } from './procfile/procfile.ts';
export { becomeUser, detectIsolation, type Isolation } from './runtime-process/isolation.ts';
export { bubblewrapArguments, mountTable, planCovers } from './runtime-process/mount-plan.ts';
export { allPids, bootId, environmentOf } from './runtime-process/proc.ts';
export {
  createProcessRuntime,
  type ProcessRuntime,
  type ProcessRuntimeOptions,
} from './runtime-process/process-runtime.ts';
export { shimEnvironment, shimFile } from './runtime-process/shim.ts';
export {
  openTemplateFolder,
  type TemplateFolder,
  type TemplateValues,
} from './template-folder/template-folder.ts';
export { createWebhookNotifier } from './webhook/webhook-notifier.ts';
