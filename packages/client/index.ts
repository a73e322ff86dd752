export { type Client, type ClientOptions, createClient, type RequestOptions } from './client.ts';
export { type Query, resourcePath, withQuery } from './http/resource-path.ts';
export {
  adminCredentialsPath,
  type Credentials,
  type CredentialsSource,
  dataFolder,
  defaultTeam,
  findCredentials,
  storedCredentials,
  userCredentialsPath,
} from './platform/credentials.ts';
export { type DeliveryState, type DeliveryStep, type StepState, stepsOf } from './platform/delivery-steps.ts';
export type { FollowOptions } from './platform/follow-delivery.ts';
export {
  type ChangeOptions,
  type ConnectOptions,
  type CreateServiceOptions,
  connect,
  type DeployOptions,
  decidedAtAnnotation,
  defaultTemplate,
  emptyTemplate,
  type Platform,
  type RollbackOptions,
} from './platform/platform.ts';
export type { PlatformService, ServiceState } from './platform/platform-service.ts';
export type { Promoted, PromoteOptions } from './platform/promotion.ts';
export type { VariableChanges } from './platform/variables.ts';
export type {
  DeleteQuery,
  ListAnswer,
  ListQuery,
  MergePatch,
  Resource,
  Selection,
  WatchQuery,
  WriteQuery,
} from './resource.ts';
export type { ChangeType, InformOptions } from './watch/inform.ts';
export { type WaitOptions, waitUntil } from './watch/wait-until.ts';
export { isInitialEventsEnd, type WatchEvent } from './watch/watch-events.ts';
