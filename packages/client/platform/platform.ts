import { isDeepStrictEqual } from 'node:util';
import {
  type Build,
  dnsLabelRule,
  isDnsLabel,
  isPlatformError,
  type NewObjectOf,
  PlatformError,
  productionEnvironment,
  type Rollout,
  RolloutKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { type Client, createClient } from '../client.ts';
import { type Credentials, type CredentialsSource, findCredentials } from './credentials.ts';
import { judgeCreation, judgeDeploy, judgeReconfiguration, judgeServing } from './delivery-outcome.ts';
import { followCommit } from './follow-commit.ts';
import { type FollowOptions, followDelivery } from './follow-delivery.ts';
import { localNamesDispatcher } from './local-names.ts';
import { type PlatformService, platformService } from './platform-service.ts';
import { type Promoted, type PromoteOptions, promoteService } from './promotion.ts';
import { changedVariables, productionValues, type VariableChanges } from './variables.ts';

/** When the person decided to have it, RFC 3339; the ledger counts from here. */
export const decidedAtAnnotation = 'causeway.dev/decided-at';

export const defaultTemplate = 'http-service';
export const emptyTemplate = 'empty';

export interface CreateServiceOptions extends FollowOptions {
  readonly name: string;
  readonly team?: string;
  /** What the repository starts from: `http-service` (default), or `empty`. */
  readonly template?: string;
  readonly description?: string;
  /** More of the spec, such as replicas and variables. */
  readonly spec?: NewObjectOf<typeof ServiceKind>['spec'];
  readonly decidedAt?: Date;
  /** `false`: resolve once it is recorded, without waiting for it. */
  readonly wait?: boolean;
  /** Checks it, creates nothing, and waits for nothing. */
  readonly dryRun?: boolean;
}

export interface DeployOptions extends FollowOptions {
  readonly team?: string;
  /** A branch, tag or commit. Default: the newest push. */
  readonly ref?: string;
  readonly wait?: boolean;
}

export interface RollbackOptions extends FollowOptions {
  readonly team?: string;
  /** A release (`orders.7`) or its sequence (`7`). Default: the one that served before. */
  readonly to?: string;
  /** A standing environment. Default: production. */
  readonly environment?: string;
  readonly wait?: boolean;
}

export interface ChangeOptions extends FollowOptions {
  readonly team?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

/** A platform and who asks it. Every method throws PlatformError. */
export interface Platform {
  readonly client: Client;
  /** Where no team is named. */
  readonly team: string;
  readonly user: string | undefined;
  /** Creates a service and resolves when it runs (template `empty`: when its repository is ready). */
  createService(options: CreateServiceOptions): Promise<PlatformService>;
  service(name: string, team?: string): Promise<PlatformService>;
  /** Builds and releases again, and resolves when that serves. */
  deploy(name: string, options?: DeployOptions): Promise<PlatformService>;
  /** Resolves when the release of a commit that was pushed or merged serves. */
  follow(
    name: string,
    commit: string,
    options?: FollowOptions & { readonly team?: string },
  ): Promise<PlatformService>;
  /** Serves an older release, and resolves when it does. It holds until a newer push. */
  rollback(name: string, options?: RollbackOptions): Promise<PlatformService>;
  /** Serves the release of one standing environment in another, unbuilt, and resolves when it does. */
  promote(name: string, options: PromoteOptions): Promise<Promoted>;
  /** Sets and removes variables, and resolves when production runs with them. Without a change it writes nothing. */
  changeVariables(name: string, changes: VariableChanges, options?: ChangeOptions): Promise<PlatformService>;
  close(): Promise<void>;
}

export interface ConnectOptions extends CredentialsSource {
  /** Instead of looking for them. */
  readonly credentials?: Credentials;
}

const checkedName = (name: string, what: string): string => {
  if (isDnsLabel(name)) return name;
  throw new PlatformError('Invalid', `${JSON.stringify(name)} cannot be the name of a ${what}.`, {
    causes: [{ field: 'metadata.name', message: dnsLabelRule }],
    next: `Choose a name such as payments-api: it ${dnsLabelRule}.`,
  });
};

/** The platform of CAUSEWAY_SERVER and CAUSEWAY_TOKEN, or of the folder (`--data`, CAUSEWAY_HOME, `~/.causeway`). */
export const connect = async (options: ConnectOptions = {}): Promise<Platform> => {
  const credentials = options.credentials ?? (await findCredentials(options));
  const client = createClient(credentials);
  const dispatcher = localNamesDispatcher();
  const services = client.resource(ServiceKind);
  const view = (object: Service): PlatformService => platformService(object, dispatcher);
  const teamOf = (team: string | undefined): string => checkedName(team ?? credentials.team, 'team');

  return {
    client,
    team: credentials.team,
    user: credentials.user,

    async createService({
      name,
      template = defaultTemplate,
      description,
      spec,
      wait = true,
      dryRun = false,
      ...rest
    }) {
      const team = teamOf(rest.team);
      const object = {
        metadata: {
          name: checkedName(name, 'service'),
          annotations: { [decidedAtAnnotation]: (rest.decidedAt ?? new Date()).toISOString() },
        },
        spec: { ...spec, template, ...(description === undefined ? {} : { description }) },
      };
      const signal = rest.signal ? { signal: rest.signal } : {};
      const created = await services.create(team, object, { dryRun, ...signal });
      if (dryRun || !wait) return view(created);
      return view(
        await followDelivery(
          client,
          { team, name, build: 'newest', judge: judgeCreation(template !== emptyTemplate) },
          rest,
        ),
      );
    },

    service: async (name, team) => view(await services.get(teamOf(team), checkedName(name, 'service'))),

    async deploy(name, { ref, wait = true, ...rest } = {}) {
      const team = teamOf(rest.team);
      const body = ref === undefined ? {} : { ref };
      const build = (await client.action(
        ServiceKind,
        team,
        checkedName(name, 'service'),
        'deploy',
        body,
      )) as Build;
      if (!wait) return view(await services.get(team, name));
      const { sequence } = build.spec;
      const followed = { team, name, build: sequence, judge: judgeDeploy(name, sequence) };
      return view(await followDelivery(client, followed, rest));
    },

    async follow(name, commit, { team, ...rest } = {}) {
      const wanted = { team: teamOf(team), service: checkedName(name, 'service'), commit };
      return view(await followCommit(client, wanted, rest));
    },

    async rollback(name, { to, environment, wait = true, ...rest } = {}) {
      const team = teamOf(rest.team);
      const body = {
        ...(to === undefined ? {} : { to }),
        ...(environment === undefined ? {} : { environment }),
      };
      const rollout = (await client.action(
        ServiceKind,
        team,
        checkedName(name, 'service'),
        'rollback',
        body,
      )) as Rollout;
      if (!wait) return view(await services.get(team, name));
      const { release, environment: where } = rollout.spec;
      const followed = {
        team,
        name,
        build: 'none',
        environment: where,
        judge: judgeServing(release),
      } as const;
      return view(await followDelivery(client, followed, rest));
    },

    promote: (name, { team, ...wish }) =>
      promoteService(client, teamOf(team), checkedName(name, 'service'), wish),

    async changeVariables(name, changes, { wait = true, dryRun = false, ...rest } = {}) {
      const team = teamOf(rest.team);
      const before = await services.get(team, checkedName(name, 'service'));
      const variables = changedVariables(before.spec.variables, changes);
      if (isDeepStrictEqual(variables, before.spec.variables)) return view(before);
      const rollout = await client
        .resource(RolloutKind)
        .get(team, `${name}.${productionEnvironment}`)
        .catch(error => {
          if (!isPlatformError(error, 'NotFound')) throw error;
        });
      const { resourceVersion } = before.metadata;
      const after = await services.patch(
        team,
        name,
        { metadata: { resourceVersion }, spec: { variables } },
        { dryRun },
      );
      const { serving, failed } = rollout?.status ?? {};
      const restarts =
        serving !== undefined && productionValues(variables) !== productionValues(before.spec.variables);
      if (!wait || dryRun || !restarts) return view(after);
      const judge = judgeReconfiguration([serving?.configuration, failed?.configuration]);
      const followed = { team, name, build: 'none', judge } as const;
      return view(await followDelivery(client, followed, rest));
    },

    async close() {
      await Promise.all([client.close(), dispatcher.destroy()]);
    },
  };
};
