import { AccessTokenKind } from './access/access-token.ts';
import { ServiceKind } from './catalog/service.ts';
import { TeamKind } from './catalog/team.ts';
import { ChangeRequestKind } from './changes/change-request.ts';
import { SourceKind } from './changes/source.ts';
import { EventKind } from './core/event.ts';
import { NamespaceKind } from './core/namespace.ts';
import { BuildKind } from './delivery/build.ts';
import { PromotionKind } from './delivery/promotion.ts';
import { ReleaseKind } from './delivery/release.ts';
import { ReplicaKind } from './delivery/replica.ts';
import { RolloutKind } from './delivery/rollout.ts';
import { RouteKind } from './delivery/route.ts';
import { EnvironmentKind } from './environments/environment.ts';
import { EnvironmentRequestKind } from './environments/environment-request.ts';
import type { KindDefinition } from './kind/define-kind.ts';
import { EvidenceKind } from './policy/evidence.ts';
import { ExceptionKind } from './policy/exception.ts';
import { PolicyKind } from './policy/policy.ts';
import { PolicyReportKind } from './policy/policy-report.ts';

/** Every kind the platform serves. */
export const kinds: readonly KindDefinition[] = [
  NamespaceKind,
  EventKind,
  TeamKind,
  AccessTokenKind,
  ServiceKind,
  EnvironmentRequestKind,
  EnvironmentKind,
  ChangeRequestKind,
  SourceKind,
  BuildKind,
  ReleaseKind,
  RolloutKind,
  PromotionKind,
  ReplicaKind,
  RouteKind,
  PolicyKind,
  ExceptionKind,
  PolicyReportKind,
  EvidenceKind,
];
