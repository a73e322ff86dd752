import { mkdirSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@causeway/client';
import { type Build, BuildKind, ReleaseKind, ReplicaKind } from '@causeway/model';
import { ArtifactStore } from './artifact-store.ts';
import { buildFolders } from './build-folders.ts';
import type { Workshop } from './build-job.ts';
import { BuildQueue } from './build-queue.ts';
import { findConfinement } from './confinement.ts';
import { DependencyStore } from './dependency-store.ts';
import { executeBuild, type StopReason } from './execute-build.ts';
import { judgePlanBy } from './judge-plan.ts';
import { forgetStaleAttempts, recoverBuilds } from './recover.ts';
import { isOver } from './status-writer.ts';
import { sweep } from './sweep.ts';

export interface RunBuildsOptions {
  /** The platform's folder. */
  readonly data: string;
  readonly client: Pick<Client, 'resource' | 'inform' | 'request'>;
  readonly agentName: string;
  readonly signal: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
  readonly now?: () => Date;
  readonly sweepEveryMs?: number;
  readonly graceMs?: number;
}

/** More would only make each other slow. */
const mostAtOnce = 2;
const tenMinutesMs = 600_000;
const oneHourMs = 3_600_000;
/** After a build whose status could not be written. */
const againAfterMs = 5000;

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Runs the builds of this machine until the signal aborts; resolves when nothing of them runs. Builds that an earlier agent did not
 * end are run again from their start.
 */
export const runBuilds = async (options: RunBuildsOptions): Promise<void> => {
  const { client, agentName, signal, now = () => new Date() } = options;
  mkdirSync(options.data, { recursive: true });
  // Links into DATA are compared with where they lead.
  const data = realpathSync(options.data);
  const folders = buildFolders(data);
  const artifacts = new ArtifactStore(folders.artifacts);
  const dependencies = new DependencyStore(folders.dependencies);
  const builds = client.resource(BuildKind);
  const queue = new BuildQueue();
  const running = new Map<string, Running>();
  let synced = false;
  await recoverBuilds(folders);
  const confinement = await findConfinement(data, folders.builds);
  const environment = options.environment ?? process.env;
  const workshop: Workshop = {
    data,
    folders,
    artifacts,
    dependencies,
    confinement,
    judgePlan: judgePlanBy(client),
    environment,
  };

  const stop = (uid: string, reason: StopReason): void => running.get(uid)?.controller.abort(reason);

  const start = (build: Build): void => {
    const { uid } = build.metadata;
    const controller = new AbortController();
    const ended = executeBuild({ workshop, builds, agentName, build, signal: controller.signal, now })
      .catch(async error => {
        console.error(`build ${build.metadata.name}:`, error);
        await sleep(againAfterMs, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted && !controller.signal.aborted) queue.put(build);
      })
      .finally(() => {
        running.delete(uid);
        fill();
      });
    running.set(uid, { controller, ended });
  };

  const fill = (): void => {
    while (synced && !signal.aborted && running.size < mostAtOnce) {
      const build = queue.next();
      if (!build) return;
      start(build);
    }
  };

  const onChange = (type: string, build: Build): void => {
    const { uid, deletionTimestamp } = build.metadata;
    const isGone = type === 'DELETED' || deletionTimestamp !== undefined;
    if (isGone) queue.remove(uid);
    else if (!running.has(uid)) queue.put(build);
    if (isGone) stop(uid, 'deleted');
    else if (build.status?.phase === 'Superseded') stop(uid, 'superseded');
    fill();
  };

  const sweepOnce = async (): Promise<void> => {
    const [made, kept, replicas] = await Promise.all([
      builds.list(),
      client.resource(ReleaseKind).list(),
      client.resource(ReplicaKind).list(),
    ]);
    const inUse = new Set([
      ...made.items.flatMap(({ status }) => status?.artifact?.digest ?? []),
      ...[...kept.items, ...replicas.items].map(({ spec }) => spec.artifact.digest),
    ]);
    const open = made.items
      .filter(({ status }) => !isOver(status?.phase))
      .map(({ metadata }) => metadata.uid);
    if (running.size > 0) return;
    await forgetStaleAttempts(folders, new Set(open));
    await sweep({
      folders,
      artifacts,
      dependencies,
      inUse,
      graceMs: options.graceMs ?? oneHourMs,
      now: now(),
    });
  };

  const sweepNowAndThen = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(options.sweepEveryMs ?? tenMinutesMs, undefined, { signal }).catch(() => undefined);
      // What cannot be asked now is asked again next time; until then nothing is removed.
      if (!signal.aborted && synced && running.size === 0)
        await sweepOnce().catch(error => console.error('sweep:', error));
    }
  };

  const onSynced = (): void => {
    synced = true;
    fill();
  };
  await Promise.all([client.inform(BuildKind, { onChange, onSynced, signal }), sweepNowAndThen()]);
  for (const uid of running.keys()) stop(uid, 'stopping');
  await Promise.all([...running.values()].map(({ ended }) => ended));
};
