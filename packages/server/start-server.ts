import { join } from 'node:path';
import { createAccess, createApi } from '@causeway/api';
import {
  type Capabilities,
  createPolicyRegistry,
  deploy,
  insightsOf,
  installShippedPolicies,
  promote,
  releaseLog,
  rollback,
  runCapabilities,
  serviceLog,
  teamQuota,
  withCheckedRequests,
  withGuardedExceptions,
  withGuardedGates,
  withGuardedQuota,
  withGuardedSources,
  withKnownTemplates,
  withPolicies,
} from '@causeway/capabilities';
import {
  createBundleReader,
  createFileLogStore,
  createPolicyEngine,
  createWebhookNotifier,
  openTemplateFolder,
} from '@causeway/drivers';
import { openDatabase, openEngine, type Store, systemClock } from '@causeway/engine';
import { createChangeSource, createGitHttpHandler, createRepositories, keepObjects } from '@causeway/git';
import {
  BuildKind,
  durationMs,
  kinds,
  type ObjectKey,
  PlatformError,
  ReplicaKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { createPortalHandler } from '@causeway/portal';
import { administrationRoutes } from './administration/administration-routes.ts';
import { changeActions, changeStreams } from './changes/change-routes.ts';
import { readConfiguration } from './configuration.ts';
import { environmentActions } from './environments/environment-actions.ts';
import { prepareFirstUse } from './first-start.ts';
import { configuredForges } from './forge/configured-forges.ts';
import { webhookRoute } from './forge/webhook-route.ts';
import { createGatewayVisitor } from './gateway-visitor.ts';
import { gitPorts, judgeByAll } from './git-ports.ts';
import { healthChecks } from './health/health-checks.ts';
import { engineGauges } from './metrics/engine-metrics.ts';
import { metricsRoute } from './metrics/metrics-route.ts';
import { createServerMetrics } from './metrics/server-metrics.ts';
import packageJson from './package.json' with { type: 'json' };
import { buildPlanRoute } from './policy/build-plan-route.ts';
import { exceptionRoutes } from './policy/exception-routes.ts';
import { policyRoutes } from './policy/policy-routes.ts';
import { actionBody, actionFields, logQuery, ownTeam, promotionWish, releaseQuery } from './requests.ts';
import { configuredRemotes } from './sources/configured-remotes.ts';
import { sourceWebhookRoute } from './sources/source-webhook-route.ts';

export interface ServerOptions {
  /** The platform’s one folder. */
  readonly data: string;
  /** API, portal and git of this server. */
  readonly port: number;
  /** Where the platform is reached, whichever server writes that down; the gateway is ten above. */
  readonly platformPort: number;
  readonly databaseUrl: string;
  /** The folder of golden paths. */
  readonly goldenPaths: string;
  /** The folder of policies that are shipped. */
  readonly policies: string;
  readonly log: (line: string) => void;
}

/** The version of Causeway, as package.json has it. */
const { version } = packageJson;

/** Composes everything and listens. The result stops it: what was accepted is finished, nothing new is taken. */
export const startServer = async ({
  data,
  port,
  platformPort,
  databaseUrl,
  goldenPaths,
  policies,
  log,
}: ServerOptions): Promise<() => Promise<void>> => {
  const configuration = await readConfiguration(data);
  const { apiGroups } = configuration;
  const metrics = createServerMetrics(version);
  const database = openDatabase(databaseUrl);
  const { keep, changes } = configuration.history;
  const engine = await openEngine({
    database,
    kinds,
    observer: metrics.engine,
    history: { keepMs: durationMs(keep), changes },
    keepDecisionsMs: durationMs(configuration.decisions.keep),
    quotaOf: teamQuota,
    log,
  });
  const read = () => engine.reading();
  metrics.onScrape(engineGauges(metrics.registry, read, database));
  const { store, ledger } = engine;
  await prepareFirstUse(store, data, configuration.defaultTeam, systemClock.now());
  await installShippedPolicies(store, policies);

  const logs = createFileLogStore(data);
  const repositoriesFolder = join(data, 'repositories');
  const gatewayPort = platformPort + 10;
  const policyEngine = createPolicyEngine();
  const registry = createPolicyRegistry({
    engine,
    policyEngine,
    apiGroups,
    observer: metrics.policies,
    log,
  });
  const templates = await openTemplateFolder(goldenPaths);
  const guard = (unguarded: Store): Store =>
    withPolicies(
      withGuardedExceptions(
        withCheckedRequests(
          withGuardedSources(
            withGuardedGates(withGuardedQuota(withKnownTemplates(unguarded, templates.names), kinds)),
          ),
          configuration.environments,
        ),
        systemClock.now,
      ),
      { registry, policyEngine, decisions: engine.decisions, now: systemClock.now },
    );
  const guarded = guard(store);
  const forges = configuredForges(configuration, data);
  const objects = keepObjects();
  const capabilities: Capabilities = {
    engine,
    forges,
    guard,
    guarded,
    policyEngine,
    policies: registry,
    bundles: createBundleReader(),
    notifier: createWebhookNotifier(),
    repositories: createRepositories({ folder: repositoriesFolder, objects }),
    remotes: configuredRemotes(configuration, forges, data),
    changeSource: createChangeSource({
      folder: repositoriesFolder,
      objects,
      judge: push => judgeByAll(capabilities, push),
    }),
    templates,
    visitor: createGatewayVisitor(gatewayPort),
    logs,
    apiGroups,
    addresses: { api: `http://127.0.0.1:${platformPort}`, gatewayPort, domain: configuration.domain },
    offer: configuration.environments,
    ...(configuration.rateCard ? { rateCard: configuration.rateCard } : {}),
  };
  const running = runCapabilities(capabilities);

  const readLog = (kind: 'build' | 'replica') =>
    async function* (
      key: ObjectKey,
      query: URLSearchParams,
      _actor: unknown,
      signal: AbortSignal,
    ): AsyncGenerator<string> {
      for await (const { text } of logs.read({ kind, ...key }, { ...logQuery(query), signal }))
        yield `${text}\n`;
    };

  const access = createAccess({ store, clock: systemClock });
  const servePortal = createPortalHandler();
  const serveGit = createGitHttpHandler({
    folder: repositoriesFolder,
    ...gitPorts(capabilities, access, running),
  });
  const api = createApi({
    store: guarded,
    access,
    kinds,
    apiGroups,
    clock: systemClock,
    log,
    keysFolder: join(data, 'keys'),
    hostNames: configuration.hosts,
    version,
    observer: metrics.requests,
    slowAfterMs: durationMs(configuration.slowRequests),
    checks: healthChecks({ database, read, data, now: systemClock.now }),
    actions: [
      ...changeActions(capabilities, running),
      {
        kind: ServiceKind,
        name: 'deploy',
        role: 'developer',
        handle: (key, body, actor) => deploy(capabilities, key, actionBody(body, 'ref'), actor),
      },
      {
        kind: ServiceKind,
        name: 'rollback',
        role: 'developer',
        handle(key, body, actor) {
          const { to, environment } = actionFields(body, ['to', 'environment']);
          return rollback(capabilities, key, to, actor, environment);
        },
      },
      {
        kind: ServiceKind,
        name: 'promote',
        role: 'developer',
        handle: (key, body, actor) => promote(capabilities, key, promotionWish(body), actor),
      },
      ...environmentActions(capabilities),
    ],
    streams: [
      ...changeStreams(capabilities),
      { kind: BuildKind, name: 'log', role: 'viewer', handle: readLog('build') },
      { kind: ReplicaKind, name: 'log', role: 'viewer', handle: readLog('replica') },
      {
        kind: ServiceKind,
        name: 'log',
        role: 'viewer',
        async *handle(key, query, _actor, signal) {
          const process = query.get('process');
          const environment = query.get('environment');
          const options = {
            ...logQuery(query),
            ...(process === null ? {} : { process }),
            ...(environment === null ? {} : { environment }),
          };
          const release = releaseQuery(query);
          const lines = release
            ? releaseLog(capabilities, key, { ...options, release }, signal)
            : serviceLog(capabilities, key, options, signal);
          for await (const line of lines) yield `${line}\n`;
        },
      },
    ],
    signedRoutes: [webhookRoute(forges, running.forges.look), sourceWebhookRoute(store)],
    routes: [
      metricsRoute(metrics),
      ...exceptionRoutes(engine),
      ...policyRoutes({ engine, access, kinds, registry, replay: { engine, policyEngine, registry } }),
      buildPlanRoute(capabilities),
      ...administrationRoutes({ engine, database, databaseUrl, kinds, data }),
      {
        method: 'GET',
        path: '/api/self',
        role: 'any',
        async handle({ actor }) {
          const { items } = await store.list(TeamKind);
          const names = items.map(({ metadata }) => metadata.name);
          const hasRole = (team: string): boolean => access.roleIn(actor.user, team) !== undefined;
          return { user: actor.user, team: ownTeam(configuration.defaultTeam, names, hasRole) };
        },
      },
      {
        method: 'GET',
        path: '/api/insights',
        // Everyone signed in sees the teams in which they have a role.
        role: 'any',
        async handle({ query, actor }) {
          const team = query.get('team') ?? undefined;
          const service = query.get('service') ?? undefined;
          const since = query.get('since') ?? undefined;
          if (since !== undefined && Number.isNaN(Date.parse(since)))
            throw new PlatformError('BadRequest', 'since must be a time such as 2026-01-31T00:00:00Z');
          const teams = access.authorize(actor.user, {
            verb: 'list',
            kind: ServiceKind,
            namespace: team ?? '',
          });
          const entries = await ledger.read({
            ...(team ? { team } : {}),
            ...(service ? { service } : {}),
            ...(since ? { since } : {}),
          });
          return insightsOf(
            entries.filter(entry => !teams || teams.has(entry.team)),
            since,
          );
        },
      },
    ],
    fallback: async (request, response) => {
      if (request.url?.startsWith('/git/')) return serveGit(request, response);
      if (await servePortal(request, response)) return;
      throw new PlatformError('NotFound', 'there is nothing at this address');
    },
  });
  await api.listen(port, '127.0.0.1');
  return async () => {
    await api.close();
    registry.close();
    await engine.close();
    await policyEngine.close();
    objects.close();
  };
};
