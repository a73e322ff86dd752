import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Build,
  type Condition,
  isPlatformError,
  keyOf,
  PlatformError,
  reportOf,
  toPlatformError,
  withCondition,
} from '@causeway/model';
import { countAttempt, forgetAttempts } from './attempts.ts';
import { buildAccount } from './build-account.ts';
import type { BuildJob, Workshop } from './build-job.ts';
import { BuildLog } from './build-log.ts';
import type { Confinement } from './confinement.ts';
import { removeTree } from './ownership.ts';
import { runBuild } from './run-build.ts';
import { type BuildResource, type BuildStatus, StatusWriter } from './status-writer.ts';
import { StepReport } from './step-report.ts';

const stopReasons = {
  superseded: 'a newer push takes over',
  deleted: 'the build was deleted',
  stopping: 'the agent stops; it begins again with the next',
} as const;
/** Why a build is ended from outside: the reason of its signal. */
export type StopReason = keyof typeof stopReasons;

export interface Execution {
  readonly workshop: Workshop;
  readonly builds: BuildResource;
  readonly agentName: string;
  readonly build: Build;
  /** Ends the build without a word in its status: somebody else has said what there is to say, or the agent stops. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

const mostAttempts = 3;

const begin = async ({ workshop, build, signal, now }: Execution, changed: () => void): Promise<BuildJob> => {
  const { namespace, name } = keyOf(build);
  const { folders, data, confinement } = workshop;
  const folder = join(folders.builds, build.metadata.uid);
  const steps = new StepReport(changed, now);
  const log = new BuildLog(folders.logOf(namespace, name));
  const repository = join(folders.repositories, namespace, `${build.spec.service}.git`);
  const account = await buildAccount(data, namespace, confinement.isolation);
  return { ...workshop, build, team: namespace, repository, folder, account, log, steps, signal };
};

const isolated = ({ isolation }: Confinement): Omit<Condition, 'lastTransitionTime'> =>
  isolation === 'none'
    ? {
        type: 'Isolated',
        status: 'False',
        reason: 'NotIsolated',
        message: 'This machine could not separate the build from the platform’s files; see platform doctor.',
      }
    : {
        type: 'Isolated',
        status: 'True',
        reason: 'Isolated',
        message: 'It runs apart from the platform’s files.',
      };

const interrupted = (): PlatformError =>
  new PlatformError('BuildInterrupted', `The agent ended ${mostAttempts} times while it ran this build.`, {
    evidence: ['Perhaps the build uses more memory than the machine has.'],
  });

/** Runs a build from its start and writes its status. Rejects only when the status cannot be written. */
export const executeBuild = async (execution: Execution): Promise<void> => {
  const { workshop, builds, agentName, build, signal, now } = execution;
  const startedAt = now().toISOString();
  let writer: StatusWriter | undefined;
  const job = await begin(execution, () => writer?.changed());
  const conditions = withCondition(build.status?.conditions, isolated(workshop.confinement), startedAt);
  const status = (): BuildStatus => ({
    phase: 'Running',
    agent: agentName,
    startedAt,
    steps: job.steps.list(),
    conditions,
  });
  const over = (end: BuildStatus): BuildStatus => ({ ...status(), finishedAt: now().toISOString(), ...end });
  writer = new StatusWriter(builds, build, status, signal);
  await mkdir(workshop.folders.builds, { recursive: true, mode: 0o711 });
  const attempts = join(workshop.folders.builds, `${build.metadata.uid}.attempts`);
  try {
    const attempt = countAttempt(attempts);
    if (attempt > 1) job.log.heading('The agent was restarted: the build begins again.');
    if (attempt > mostAttempts) throw interrupted();
    const artifact = await runBuild(job);
    await writer.finish(over({ phase: 'Succeeded', artifact }));
  } catch (error) {
    if (signal.aborted) job.log.heading(`stopped: ${stopReasons[signal.reason as StopReason]}`);
    else {
      if (!isPlatformError(error)) console.error(`build ${build.metadata.name}:`, error);
      const failure = reportOf(toPlatformError(error));
      job.log.heading(`failed: ${failure.message}`);
      job.log.line(failure.next);
      await writer.finish(over({ phase: 'Failed', failure }));
    }
  } finally {
    writer.stop();
    job.log.close();
    forgetAttempts(attempts);
    await removeTree(job.folder);
  }
};
