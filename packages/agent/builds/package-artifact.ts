import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { BuildPlan } from '@causeway/contracts';
import type { Artifact } from '@causeway/model';
import type { BuildJob } from './build-job.ts';
import { contentDigest } from './content-digest.ts';
import { digestOf } from './digest.ts';
import { runOwnerCommand } from './owner-command.ts';
import { guard, takeFrom } from './ownership.ts';

const run = promisify(execFile);

export interface PackageOptions {
  readonly source: string;
  readonly fingerprint: string;
  readonly plan: BuildPlan;
  readonly dependencyKey: string | undefined;
}

/** Makes a finished folder read-only. A plain checkout of root's already is, for everybody else. */
const close = async (job: BuildJob, source: string, built: boolean): Promise<void> => {
  if (!job.account) {
    await run('chmod', ['-R', 'a-w', '--', source]);
    // Who is no root needs the right to write into a folder to move it elsewhere.
    await chmod(source, 0o755);
  } else if (built) {
    const line = 'chmod -R g=u,a-w -- .';
    await runOwnerCommand(job, {
      code: 'BuildFailed',
      what: 'Packaging',
      line,
      folder: source,
      timeoutMs: 60_000,
      timeoutSetting: 'spec.build.timeout',
    });
    await takeFrom(job.account, source);
  } else await guard(job.account, source);
};

/**
 * Moves a finished source to its content address. Where nothing was built, git has already named the content, and no file is read; where
 * something was, what it made counts. The team is part of the address, for only its members may read what lies there.
 */
export const packageArtifact = async (
  job: BuildJob,
  { source, fingerprint, plan, dependencyKey }: PackageOptions,
): Promise<{ artifact: Artifact; reused: boolean }> => {
  const built = plan.build !== undefined;
  await close(job, source, built);
  const content = built ? await contentDigest(source) : fingerprint;
  const digest = digestOf({
    version: 1,
    team: job.team,
    content,
    files: plan.files ?? {},
    dependencies: dependencyKey ?? null,
  });
  const record = { team: job.team, ...(dependencyKey === undefined ? {} : { dependencies: dependencyKey }) };
  const reused = job.artifacts.keep(digest, source, record) === 'reused';
  if (!job.account) await chmod(job.artifacts.folderOf(digest), 0o555);
  const { builder, runtime, processes, release, variables } = plan;
  const artifact: Artifact = {
    digest,
    builder,
    processes: { ...processes },
    ...(runtime === undefined ? {} : { runtime }),
    ...(release === undefined ? {} : { release }),
    ...(variables === undefined ? {} : { variables: { ...variables } }),
  };
  return { artifact, reused };
};
