import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSet, LogStore, Notice } from '@causeway/contracts';
import { type Database, type Engine, openDatabase, openEngine } from '@causeway/engine';
import { createChangeSource, createRemotes, createRepositories, judgePush } from '@causeway/git';
import {
  type Build,
  BuildKind,
  type FailureReport,
  keyOf,
  kinds,
  type Replica,
  ReplicaKind,
  type Route,
  RouteKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { type TestDatabase, testDatabase, until } from '@causeway/testkit';
import {
  type Capabilities,
  type Changes,
  environmentsFollowing,
  judgeProposal,
  runCapabilities,
  teamQuota,
  withCheckedRequests,
  withGuardedGates,
  withGuardedQuota,
  withGuardedSources,
  withPolicies,
} from '../index.ts';
import { createPolicyRegistry } from '../policy/registry/policy-registry.ts';
import { celEngine } from '../policy/testing/cel-engine.ts';

const agent = { user: 'system:agent:test', from: 'test' };
const gateway = { user: 'system:gateway:test', from: 'test' };
export const alice = { user: 'alice', from: 'test' };

/** What the machine does with a build or a replica: by default it all works at once. */
export interface Behaviour {
  build: (build: Build) => FailureReport | 'hang' | undefined;
  replica: (replica: Replica) => FailureReport | 'hang' | undefined;
  /** Statuses that smoke checks get. */
  visit: (host: string, path: string) => number;
  /** What others do who are told something; throwing is not taking it. */
  notify: (url: string, notice: Notice) => void;
  gatewayAnswers: boolean;
  /** What replicas have printed, by name; it stays when they go. */
  printed: Map<string, readonly string[]>;
  /** What the builds’ artefacts start. */
  processes: Record<string, string>;
}

export interface World {
  readonly engine: Engine;
  readonly capabilities: Capabilities;
  readonly changes: Changes;
  /** Repositories lie at `folder/TEAM/SERVICE.git`. */
  readonly folder: string;
  readonly behaviour: Behaviour;
  readonly nudge: (name: string) => void;
  /** What the agent says of a replica from now on. */
  report(replica: Replica, status: object): Promise<unknown>;
  /** Pushes a commit of one file, as somebody; returns the commit. */
  push(service: string, content: string, by?: string): Promise<string>;
  /** As `push`, to another branch. */
  pushTo(service: string, branch: string, content: string, by?: string): Promise<string>;
  /** As the testkit's, and no longer than this world lasts. */
  until: typeof until;
  /** Waits until nothing is left to do, twice. */
  settle(): Promise<void>;
  /** Ends this world’s server; what it stored stays for the next that is made in its place. */
  leave(): Promise<Place>;
  close(): Promise<void>;
}

/** What a server leaves behind: its database and its repositories. */
export interface Place {
  readonly database: TestDatabase;
  readonly folder: string;
}

export interface WorldOptions {
  /** Go on where another ended. */
  readonly place?: Place;
  /** What stands between the server and its database. */
  readonly through?: (database: Database) => Database;
  /** Where the server’s log goes; the test’s own errors by default. */
  readonly log?: (line: string) => void;
}

const team = 'shop';
const offer = { regions: ['eu-central-1', 'eu-west-1'], lifetime: '7d', longest: '90d' };
const probationMs = 1_000;

/** The reconcilers on a real database and real repositories; agent and gateway are played by scripts. */
export const createWorld = async ({
  place,
  through = database => database,
  log = line => console.error(line),
}: WorldOptions = {}): Promise<World> => {
  const database = place?.database ?? (await testDatabase());
  const folder = place?.folder ?? (await mkdtemp(join(tmpdir(), 'causeway-world-')));
  const engine = await openEngine({
    database: through(openDatabase(database.connectionString)),
    kinds,
    quotaOf: teamQuota,
    log,
  });
  const { store } = engine;
  const behaviour: Behaviour = {
    build: () => undefined,
    replica: () => undefined,
    visit: () => 200,
    notify: () => {},
    gatewayAnswers: true,
    printed: new Map(),
    processes: { web: 'serve' },
  };
  const repositories = createRepositories({ folder });
  const changeSource = createChangeSource({
    folder,
    async judge(push) {
      const service = store.peek(ServiceKind, { namespace: push.id.team, name: push.id.service });
      assert.ok(service);
      const verdict = await judgePush(push, { releaseBranch: service.spec.branch, fileBytes: 1024 * 1024 });
      return verdict.accept ? judgeProposal(capabilities, service, push) : verdict;
    },
  });
  const logs: LogStore = {
    async *read({ name }) {
      for (const text of behaviour.printed.get(name) ?? []) yield { text };
    },
    list: async () => [...behaviour.printed.keys()],
  };
  const policyEngine = celEngine();
  const policies = createPolicyRegistry({
    engine,
    policyEngine,
    log,
  });
  const guard: Capabilities['guard'] = unguarded =>
    withPolicies(
      withCheckedRequests(withGuardedSources(withGuardedGates(withGuardedQuota(unguarded, kinds))), offer),
      {
        registry: policies,
        policyEngine,
        decisions: engine.decisions,
        now: engine.clock.now,
      },
    );
  const capabilities: Capabilities = {
    engine,
    guard,
    guarded: guard(store),
    policyEngine,
    policies,
    bundles: { read: async () => [] },
    repositories,
    remotes: createRemotes({ folder: join(folder, '.sources'), protocols: ['file'], credentials: [] }),
    changeSource,
    templates: {
      names: ['empty', 'tiny'],
      files: async name =>
        name === 'tiny' ? files('from the template') : name === 'empty' ? new Map() : undefined,
    },
    visitor: { get: async (host, path) => behaviour.visit(host, path) },
    logs,
    addresses: { api: 'http://127.0.0.1:7070', gatewayPort: 7080, domain: 'localhost' },
    offer,
    notifier: { notify: async (url, notice) => behaviour.notify(url, notice) },
    probationMs,
  };

  const status = (
    kind: typeof BuildKind | typeof ReplicaKind | typeof RouteKind,
    object: Build | Replica | Route,
    next: object,
    actor = agent,
  ) =>
    store
      .mutate(kind, keyOf(object), one => ({ ...one, status: { ...one.status, ...next } }), actor, {
        subresource: 'status',
      })
      .catch(() => {});
  const playBuild = (build: Build): void => {
    const outcome = behaviour.build(build);
    if (outcome === 'hang') return;
    const digest = createHash('sha256').update(build.spec.commit).digest('hex');
    const finishedAt = new Date().toISOString();
    setImmediate(() =>
      outcome
        ? status(BuildKind, build, { phase: 'Failed', failure: outcome, finishedAt })
        : status(BuildKind, build, {
            phase: 'Succeeded',
            finishedAt,
            artifact: { digest, builder: 'test', processes: behaviour.processes },
          }),
    );
  };
  engine.onChange(BuildKind, ({ type, object }) => {
    if (type === 'ADDED') playBuild(object as Build);
  });
  let port = 20_000;
  const playReplica = (type: 'ADDED' | 'MODIFIED', replica: Replica): void => {
    const { phase } = replica.status ?? {};
    if (replica.spec.stop) {
      if (phase === 'Ready' || phase === 'Starting')
        setImmediate(() => status(ReplicaKind, replica, { phase: 'Stopped', address: undefined }));
      return;
    }
    if (type !== 'ADDED' && phase !== 'Stopped') return;
    const outcome = behaviour.replica(replica);
    if (outcome === 'hang') return;
    port += 1;
    const address = `127.0.0.1:${port}`;
    setImmediate(() =>
      status(
        ReplicaKind,
        replica,
        outcome
          ? { phase: 'Failed', failure: outcome }
          : { phase: replica.spec.mode === 'once' ? 'Succeeded' : 'Ready', address },
      ),
    );
  };
  engine.onChange(ReplicaKind, ({ type, object }) => {
    if (type !== 'DELETED') playReplica(type, object as Replica);
  });
  const playRoute = (route: Route): void => {
    if (!behaviour.gatewayAnswers || route.spec.starting) return;
    if (route.status?.gateways?.[0]?.observedGeneration === route.metadata.generation) return;
    setImmediate(() =>
      status(
        RouteKind,
        route,
        { gateways: [{ name: 'test', observedGeneration: route.metadata.generation, draining: [] }] },
        gateway,
      ),
    );
  };
  engine.onChange(RouteKind, ({ type, object }) => {
    if (type !== 'DELETED') playRoute(object as Route);
  });
  // What a server that ended left half-way.
  for (const build of store.peekAll(BuildKind)) if (!build.status?.phase) playBuild(build);
  for (const replica of store.peekAll(ReplicaKind)) if (!replica.status?.phase) playReplica('ADDED', replica);
  for (const route of store.peekAll(RouteKind)) playRoute(route);

  const { services, environments, previews, changes } = runCapabilities(capabilities);
  if (!place) await store.create(TeamKind, { metadata: { name: team } }, alice);
  const nudge = (name: string) => services.nudge({ namespace: team, name });

  let over = false;
  await until('the namespace', () => store.peekAll(TeamKind)[0]?.status?.conditions !== undefined);

  return {
    engine,
    capabilities,
    changes,
    folder,
    behaviour,
    nudge,
    until: (what, look, patience) => {
      const inTime = () => {
        assert.ok(!over, `the world ended without: ${what}`);
        return look();
      };
      return until(what, inTime, patience);
    },
    report: (replica, next) => status(ReplicaKind, replica, next),
    async push(service, content, by = 'alice') {
      const commit = await commitTo(join(folder, team, `${service}.git`), content, by);
      nudge(service);
      return commit;
    },
    async pushTo(service, branch, content, by = 'alice') {
      const commit = await commitTo(join(folder, team, `${service}.git`), content, by, branch);
      for (const found of environmentsFollowing(engine, { team, service }, [`refs/heads/${branch}`]))
        environments.nudge(found);
      previews.nudge({ namespace: team, name: service });
      return commit;
    },
    async settle() {
      for (let calm = 0; calm < 3; ) {
        await new Promise(resolve => setTimeout(resolve, 20));
        calm = engine.settled ? calm + 1 : 0;
      }
    },
    async leave() {
      over = true;
      policies.close();
      await engine.close();
      return { database, folder };
    },
    async close() {
      over = true;
      policies.close();
      await engine.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const files = (content: string): FileSet =>
  new Map([['index.html', { content: Buffer.from(content), executable: false }]]);

/** A commit on a branch, made by git’s plumbing in the bare repository, with the reflog entry a push leaves. */
const commitTo = async (
  repository: string,
  content: string,
  by: string,
  branch = 'main',
): Promise<string> => {
  const { execFile } = await import('node:child_process');
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: by,
    GIT_AUTHOR_EMAIL: `${by}@example.com`,
    GIT_COMMITTER_NAME: by,
    GIT_COMMITTER_EMAIL: `${by}@example.com`,
  };
  const git = (args: string[], input = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = execFile('git', ['--git-dir', repository, ...args], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout.trim()),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  const blob = await git(['hash-object', '-w', '--stdin'], content);
  const tree = await git(['mktree'], `100644 blob ${blob}\tindex.html\n`);
  const headOf = (name: string) => git(['rev-parse', '--verify', '-q', `refs/heads/${name}`]);
  const parent = await headOf(branch).catch(() => headOf('main').catch(() => ''));
  const commit = await git(['commit-tree', tree, '-m', content, ...(parent ? ['-p', parent] : [])]);
  await git(['update-ref', '-m', 'push', `refs/heads/${branch}`, commit]);
  return commit;
};
