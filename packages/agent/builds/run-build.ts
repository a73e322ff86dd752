import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildPlan } from '@causeway/contracts';
import { type Artifact, durationMs, PlatformError } from '@causeway/model';
import { type BuildJob, prepareFolder, runStep } from './build-job.ts';
import { atSource } from './build-variables.ts';
import { checkout, linkTargets } from './checkout.ts';
import { installDependencies } from './install-dependencies.ts';
import { listedSource } from './listed-source.ts';
import { programFolders, runOwnerCommand, shortened } from './owner-command.ts';
import { giveTo } from './ownership.ts';
import { packageArtifact } from './package-artifact.ts';
import { type PlannedBuild, planBuild } from './plan-build.ts';
import { completeSource, refuseReserved } from './prepared-source.ts';
import { requireTools } from './required-tools.ts';
import { listSource, type SourceListing, treeOf } from './source-listing.ts';
import { refuseEscapes, refuseSubmodules } from './unsafe-tree.ts';

/** A commit, checked out and found harmless. */
interface CheckedOut {
  readonly tree: string;
  readonly source: string;
  readonly listing: SourceListing;
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

const list = async (job: BuildJob, tree: string): Promise<SourceListing> => {
  const { commit, settings, service } = job.build.spec;
  try {
    return await listSource(job.repository, tree, job.signal);
  } catch (error) {
    if (job.signal.aborted || !(error instanceof PlatformError) || error.code !== 'Internal') throw error;
    if (settings.directory !== undefined && existsSync(job.repository))
      throw new PlatformError(
        'NothingToBuild',
        `The commit has no folder ${JSON.stringify(settings.directory)}.`,
        {
          evidence: error.evidence,
          next: 'Correct spec.build.directory on the service, or add the folder and push again.',
        },
      );
    throw new PlatformError('RepositoryNotFound', `Commit ${commit} of ${service} cannot be read.`, {
      evidence: error.evidence,
    });
  }
};

const checkOut = async (job: BuildJob): Promise<CheckedOut> => {
  const { commit, settings } = job.build.spec;
  return runStep(job, 'checkout', commit.slice(0, 12), async () => {
    const tree = treeOf(commit, settings.directory);
    const source = join(job.folder, 'source');
    const listing = await list(job, tree);
    refuseSubmodules(listing.entries);
    await prepareFolder(job);
    await checkout({ repository: job.repository, tree, folder: source, signal: job.signal });
    refuseEscapes(linkTargets(source, listing.entries));
    return { message: counted(listing.entries.length, 'file'), result: { tree, source, listing } };
  });
};

const detect = async (job: BuildJob, { source, listing }: CheckedOut): Promise<BuildPlan> => {
  const planned = await runStep<PlannedBuild>(job, 'detect', '', async () => {
    const result = await planBuild(listedSource(source, listing.entries), job.build.spec.settings);
    const runtime = result.plan.runtime ?? result.plan.builder;
    // A runtime that names the file it was read from needs no second reason.
    const message = runtime.includes(result.because) ? runtime : `${runtime} (${result.because})`;
    job.log.heading(`detect: ${message}`);
    for (const note of result.plan.notes ?? []) job.log.line(note);
    refuseReserved(listing.entries, result.plan);
    for (const advice of await job.judgePlan(job.build, result.plan, job.signal)) job.log.line(advice);
    return { message, result };
  });
  return planned.plan;
};

interface Installed {
  readonly key?: string;
  readonly folder?: string;
}

const readableOf = ({ folder }: Installed): string[] => (folder === undefined ? [] : [folder]);

const install = async (job: BuildJob, checkedOut: CheckedOut, plan: BuildPlan): Promise<Installed> => {
  const folders = programFolders(job);
  const everywhere = (job.environment.PATH ?? '').split(':');
  const { dependencies } = plan;
  return runStep<Installed>(job, 'install', dependencies ? shortened(dependencies.command) : '', async () => {
    // An install command of the owner's brings or names its own tools.
    const own = job.build.spec.settings.install !== undefined;
    requireTools(plan.tools ?? [], folders, everywhere);
    if (!dependencies) return { skipped: true, message: 'Nothing to install', result: {} };
    const tools = own ? dependencies.tools : requireTools(dependencies.tools, folders, everywhere);
    const timeoutMs = durationMs(job.build.spec.settings.timeout);
    const { key, folder, installed } = await installDependencies(job, {
      ...checkedOut,
      plan: { ...plan, dependencies },
      tools,
      timeoutMs,
    });
    const message = installed ? 'Installed' : 'Unchanged: installed before';
    if (!installed) job.log.line(message);
    return { skipped: !installed, message, result: { key, folder } };
  });
};

const build = async (
  job: BuildJob,
  source: string,
  plan: BuildPlan,
  installed: Installed,
  leftMs: number,
): Promise<void> => {
  const line = plan.build;
  await runStep(job, 'build', line === undefined ? '' : shortened(line), async () => {
    if (line === undefined) return { skipped: true, message: 'No build command', result: undefined };
    await giveTo(job.account, source);
    await runOwnerCommand(job, {
      code: 'BuildFailed',
      what: 'The build',
      line,
      folder: source,
      variables: atSource(plan.variables ?? {}, source),
      readable: readableOf(installed),
      timeoutMs: leftMs,
      limitMs: durationMs(job.build.spec.settings.timeout),
      timeoutSetting: 'spec.build.timeout',
    });
    return { message: shortened(line), result: undefined };
  });
};

const whyNoTests = (job: BuildJob): string =>
  job.build.spec.settings.test.enabled ? 'No tests found' : 'Switched off (spec.build.test.enabled)';

/** Tests run where the build ran; without a build in a checkout of their own, so that what they leave is not released. */
const test = async (
  job: BuildJob,
  { source, tree }: CheckedOut,
  plan: BuildPlan,
  installed: Installed,
): Promise<void> => {
  const line = plan.test;
  await runStep(job, 'test', line === undefined ? '' : shortened(line), async () => {
    if (line === undefined) return { skipped: true, message: whyNoTests(job), result: undefined };
    let folder = source;
    if (plan.build === undefined) {
      folder = join(job.folder, 'test');
      await checkout({ repository: job.repository, tree, folder, signal: job.signal });
      await completeSource(folder, plan, installed.folder);
      await giveTo(job.account, folder);
    }
    await runOwnerCommand(job, {
      code: 'TestsFailed',
      what: 'The tests',
      line,
      folder,
      variables: atSource(plan.variables ?? {}, folder),
      readable: readableOf(installed),
      timeoutMs: durationMs(job.build.spec.settings.test.timeout),
      timeoutSetting: 'spec.build.test.timeout',
    });
    return { message: 'Passed', result: undefined };
  });
};

/** Takes one commit through all steps. Throws `PlatformError` for what the person must know, the signal's reason when aborted. */
export const runBuild = async (job: BuildJob): Promise<Artifact> => {
  const begun = performance.now();
  const checkedOut = await checkOut(job);
  const plan = await detect(job, checkedOut);
  const { source, listing } = checkedOut;
  const installed = await install(job, checkedOut, plan);
  await completeSource(source, plan, installed.folder);
  await build(
    job,
    source,
    plan,
    installed,
    durationMs(job.build.spec.settings.timeout) - (performance.now() - begun),
  );
  await test(job, checkedOut, plan, installed);
  return runStep(job, 'package', '', async () => {
    const { fingerprint } = listing;
    const { artifact, reused } = await packageArtifact(job, {
      source,
      fingerprint,
      plan,
      dependencyKey: installed.key,
    });
    const message = `${reused ? 'Unchanged' : 'Artifact'} ${artifact.digest.slice(0, 12)}`;
    job.log.heading(`package: ${message}`);
    return { message, result: artifact };
  });
};
