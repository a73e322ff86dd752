import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildPlan, DependencyPlan } from '@causeway/contracts';
import type { BuildJob } from './build-job.ts';
import { checkout } from './checkout.ts';
import { dependencyKey } from './dependency-key.ts';
import { runOwnerCommand } from './owner-command.ts';
import { giveTo, takeFrom } from './ownership.ts';
import type { SourceListing } from './source-listing.ts';

export interface InstallOptions {
  readonly source: string;
  /** What git takes for the tree. */
  readonly tree: string;
  readonly listing: SourceListing;
  readonly plan: BuildPlan & { readonly dependencies: DependencyPlan };
  /** Identities of the tools. */
  readonly tools: readonly string[];
  readonly timeoutMs: number;
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const copyInputs = async (job: BuildJob, options: InstallOptions, folder: string): Promise<void> => {
  const { inputs } = options.plan.dependencies;
  if (inputs.includes('.'))
    return checkout({ repository: job.repository, tree: options.tree, folder, signal: job.signal });
  const files = new Set(
    options.listing.entries.filter(entry => entry.mode.startsWith('100')).map(entry => entry.path),
  );
  for (const path of inputs.filter(input => files.has(input))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(options.source, path), join(folder, path));
  }
};

/** The folder with the plan's dependencies: of an earlier build, or installed now as the build account and then closed to it. */
export const installDependencies = async (
  job: BuildJob,
  options: InstallOptions,
): Promise<{ key: string; folder: string; installed: boolean }> => {
  const { account, team, dependencies: store } = job;
  const { dependencies } = options.plan;
  const objects = new Map(options.listing.entries.map(entry => [entry.path, entry.object]));
  const { fingerprint } = options.listing;
  const key = dependencyKey({ plan: dependencies, objects, fingerprint, team, tools: options.tools });
  const command = {
    code: 'InstallFailed',
    what: 'Installing the dependencies',
    timeoutSetting: 'spec.build.timeout',
  } as const;
  const install = async (folder: string): Promise<void> => {
    await copyInputs(job, options, folder);
    await giveTo(account, folder);
    if (account) await chmod(folder, 0o700);
    await runOwnerCommand(job, {
      ...command,
      line: dependencies.command,
      folder,
      writable: [folder],
      timeoutMs: options.timeoutMs,
    });
    // What installs nothing may make no folder. Then nobody writes any more: the rights are dropped by the account itself.
    const produced = quoted(dependencies.produces);
    const close = `mkdir -p -- ${produced} && chmod -R g=u,a-w -- .`;
    await runOwnerCommand(job, { ...command, line: close, folder, writable: [folder], timeoutMs: 60_000 });
    await takeFrom(account, folder);
  };
  const outcome = await store.ensure({ key, team, command: dependencies.command, install }, job.signal);
  return { key, folder: store.folderOf(key), installed: outcome === 'installed' };
};
