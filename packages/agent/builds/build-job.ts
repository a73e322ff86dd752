import { chmod, lchown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '@causeway/drivers';
import { type Build, type BuildStepName, PlatformError } from '@causeway/model';
import type { ArtifactStore } from './artifact-store.ts';
import type { BuildFolders } from './build-folders.ts';
import type { BuildLog } from './build-log.ts';
import type { Confinement } from './confinement.ts';
import type { DependencyStore } from './dependency-store.ts';
import type { JudgePlan } from './judge-plan.ts';
import type { StepReport } from './step-report.ts';

/** What all builds of an agent share. */
export interface Workshop {
  readonly data: string;
  readonly folders: BuildFolders;
  readonly artifacts: ArtifactStore;
  readonly dependencies: DependencyStore;
  readonly confinement: Confinement;
  readonly judgePlan: JudgePlan;
  /** The platform's environment, of which builds get a chosen part. */
  readonly environment: NodeJS.ProcessEnv;
}

/** One build under way. */
export interface BuildJob extends Workshop {
  readonly build: Build;
  readonly team: string;
  /** The bare repository. */
  readonly repository: string;
  /** `DATA/builds/UID`. */
  readonly folder: string;
  readonly account: Account | undefined;
  readonly log: BuildLog;
  readonly steps: StepReport;
  readonly signal: AbortSignal;
}

/** Makes a folder that only the build account uses. */
const ownFolder = async (account: Account | undefined, path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account) await lchown(path, account.uid, account.gid);
};

/** Makes what commands need beside the source: a home, a place for temporary files, the team's caches. */
export const prepareForCommands = async (job: BuildJob): Promise<void> => {
  const { account, folder, folders, team } = job;
  await mkdir(join(folders.dependencies, 'caches'), { recursive: true, mode: 0o711 });
  for (const path of [join(folder, 'home'), join(folder, 'tmp'), folders.cacheOf(team)])
    await ownFolder(account, path);
};

/** Makes the folder of a build. Other teams cannot enter it. */
export const prepareFolder = async ({
  account,
  folder,
}: Pick<BuildJob, 'account' | 'folder'>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await chmod(folder, account ? 0o710 : 0o700);
  if (account) await lchown(folder, 0, account.gid);
};

/** What a step says when it is over, one line. */
export interface StepOutcome<T> {
  readonly message: string;
  readonly skipped?: boolean;
  readonly result: T;
}

/** Runs one step, with its heading in the log and its place in the status. */
export const runStep = async <T>(
  { steps, log, signal }: BuildJob,
  name: BuildStepName,
  heading: string,
  step: () => Promise<StepOutcome<T>>,
): Promise<T> => {
  signal.throwIfAborted();
  steps.begin(name);
  if (heading !== '') log.heading(`${name}: ${heading}`);
  try {
    const { message, skipped, result } = await step();
    steps.end(skipped ? 'Skipped' : 'Succeeded', message);
    return result;
  } catch (error) {
    steps.end('Failed', error instanceof PlatformError ? error.message : String(error));
    throw error;
  }
};
