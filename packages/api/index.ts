export { type Access, createAccess, type Session } from './access/access.ts';
export type { Attempt, Decision } from './access/authorizer.ts';
export { type Api, type ApiOptions, createApi, metricsReaders } from './api.ts';
export type { HealthCheck } from './http/health.ts';
export type { PlainRoute, RouteRequest } from './http/plain-routes.ts';
export type { FinishedRequest, RequestObserver } from './http/request-notes.ts';
export type { ActionDefinition, StreamDefinition } from './krm/resources.ts';
export { ensureCertificates, type ServerCertificate } from './listener/certificate-files.ts';
export { customResourceDefinition } from './openapi/custom-resource-definition.ts';
