import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkloadState } from '@causeway/contracts';
import { type FailureReport, reportOf } from '@causeway/model';
import { limitCpu, makeCgroup, oomKills, removeCgroup } from './cgroup.ts';
import { confine } from './confine.ts';
import { endProcesses } from './end-processes.ts';
import { type ExitWatch, watchExit } from './exit-watch.ts';
import { type Ending, followRun } from './follow-run.ts';
import { launch, logOf } from './launch.ts';
import type { Machine } from './machine.ts';
import { type ProcessIdentity, readIdentity } from './process-identity.ts';
import { behindBubblewrap, mainPid } from './program-pid.ts';
import { restartDelayMs } from './restart-policy.ts';
import { whyEnded } from './run-evidence.ts';
import { type WorkloadRecord, workloadFolder, writeRecord } from './workload-record.ts';
import * as transition from './workload-transitions.ts';

/** One run of a workload, from its start to its end. */
interface Run {
  readonly shim: ProcessIdentity | undefined;
  readonly watch: ExitWatch;
}

/** What is left of a run whose program has ended, and a program that has used up its time, are asked to end this long. */
const leftoverGraceMs = 1000;
const overdueGraceMs = 5000;

const now = (): string => new Date().toISOString();

/** Keeps one workload running as its record wants it, and tells what becomes of it. */
export class Supervision {
  readonly #machine: Machine;
  readonly #report: (state: WorkloadState) => void;
  readonly #folder: string;
  readonly #log: string;
  #record: WorkloadRecord;
  #leaving = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #run: Run | undefined;
  /** Whether there is a cgroup for the present run. */
  #cgroupMade: Promise<boolean> = Promise.resolve(false);

  constructor(machine: Machine, record: WorkloadRecord, report: (state: WorkloadState) => void) {
    this.#machine = machine;
    this.#record = record;
    this.#report = report;
    this.#folder = workloadFolder(machine.data, record.workload.id);
    this.#log = logOf(machine, record);
    if (record.port !== undefined && !transition.isFinal(record))
      machine.ports.hold(record.port, record.workload.id);
  }

  get state(): WorkloadState {
    return this.#record.state;
  }

  /** For the first time; what is started again has not been taken from anybody who waits. */
  get isStarting(): boolean {
    const { phase, restarts } = this.state;
    return phase === 'Starting' && restarts === 0;
  }

  get name(): string {
    return this.#record.workload.name;
  }

  /** Starts it, or goes on with what a former agent started. */
  begin(): void {
    if (!this.#record.wanted || transition.isFinal(this.#record))
      this.#become(transition.wantedAgain(this.#record));
    this.#leaving = new AbortController();
    this.#done = this.#keep(this.#leaving.signal).catch(error =>
      this.#settle('Failed', undefined, reportOf(error)),
    );
  }

  /** Resolves when nothing of it runs. A command that has run once keeps its result. */
  async stop(graceMs: number): Promise<void> {
    if (this.state.phase === 'Stopped') return;
    if (this.#record.workload.mode === 'once' && transition.isFinal(this.#record)) return;
    this.#become(transition.stopping(this.#record));
    this.#leaving.abort();
    await this.#done;
    await this.#endRun(this.#run ?? this.#findRun(), graceMs);
    await this.#release();
    this.#become(transition.stopped(this.#record));
  }

  /** Looks away and lets it run. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#done;
    this.#run?.watch.close();
    this.#machine.rotator.remove(this.#log);
  }

  async #keep(leaving: AbortSignal): Promise<void> {
    let found = this.#findRun();
    while (!leaving.aborted) {
      const pauseMs = await this.#runOnce(found, leaving);
      if (pauseMs === undefined) return;
      found = undefined;
      await sleep(pauseMs, undefined, { signal: leaving }).catch(() => {});
    }
  }

  /** Goes through one run and decides what follows: the milliseconds until the next start, or `undefined` for none. */
  async #runOnce(found: Run | undefined, leaving: AbortSignal): Promise<number | undefined> {
    let run: Run;
    try {
      run = found ?? (await this.#launch());
    } catch (error) {
      return this.#afterFailure(reportOf(error), undefined, true);
    }
    void this.#confine(run);
    const ending = await followRun(
      {
        machine: this.#machine,
        record: () => this.#record,
        shim: run.shim,
        exited: run.watch.exited,
        onReady: address => this.#ready(address),
        onUnready: failure => this.#become(transition.lostReadiness(this.#record, failure)),
      },
      leaving,
    );
    return ending && this.#afterRun(run, ending, leaving);
  }

  /** The newest run, unless its end has been dealt with. It may have ended while nobody looked. */
  #findRun(): Run | undefined {
    const { run, endedRun } = this.#record;
    return run === endedRun ? undefined : this.#watch(readIdentity(join(this.#folder, `process.${run}`)));
  }

  async #launch(): Promise<Run> {
    const { record, shim, child } = await launch(this.#machine, this.#record, now());
    this.#tell(record);
    return this.#watch(shim, child);
  }

  #watch(shim: ProcessIdentity | undefined, child?: ChildProcess): Run {
    this.#machine.rotator.add(this.#log);
    const { pollMs } = this.#machine.timing;
    this.#run = { shim, watch: watchExit(this.#folder, this.#record.run, shim, pollMs, child) };
    return this.#run;
  }

  async #confine({ shim }: Run): Promise<void> {
    const { cgroup, workload } = this.#record;
    if (!cgroup || !shim) return;
    this.#cgroupMade = makeCgroup(cgroup, workload.resources);
    if (!(await this.#cgroupMade)) return;
    await confine(cgroup, shim);
    // A command that runs once has no start to be spared for.
    if (workload.mode === 'once' || this.state.phase === 'Ready') limitCpu(cgroup, workload.resources);
  }

  #ready(address?: string): void {
    const { cgroup, workload, run, isolation, port } = this.#record;
    if (port !== undefined) this.#machine.ports.served(port);
    const main = mainPid(this.#folder, run);
    const pid = main !== undefined && isolation === 'bubblewrap' ? behindBubblewrap(main) : main;
    const record = pid === undefined ? this.#record : transition.running(this.#record, pid);
    this.#become(transition.becameReady(record, now(), address));
    if (cgroup) limitCpu(cgroup, workload.resources);
  }

  async #afterRun(run: Run, ending: Ending, leaving: AbortSignal): Promise<number | undefined> {
    const { workload, cgroup, oomKills: before = 0 } = this.#record;
    const exitCode = 'exit' in ending ? ending.exit.code : undefined;
    const oomKilled = cgroup !== undefined && oomKills(cgroup) > before;
    await this.#endRun(run, 'exit' in ending ? leftoverGraceMs : overdueGraceMs);
    // Whoever asked us to leave decides what becomes of it.
    if (leaving.aborted) return undefined;
    if (workload.mode === 'once' && exitCode === 0) return this.#settle('Succeeded', 0, undefined);
    const overdue = 'failure' in ending;
    const failure = overdue
      ? ending.failure
      : await whyEnded(this.#machine, this.#record, exitCode, oomKilled);
    // A port that was lost to somebody else is another one next time.
    return this.#afterFailure(failure, exitCode, overdue && failure.code !== 'PortInUse');
  }

  /** `hopeless`: what was never ready so far cannot become so by trying again. */
  async #afterFailure(
    failure: FailureReport,
    exitCode: number | undefined,
    hopeless: boolean,
  ): Promise<number | undefined> {
    const { policy } = this.#machine;
    const { everReady, workload } = this.#record;
    const { readyAt } = this.state;
    const ranWell = readyAt !== undefined && Date.now() - Date.parse(readyAt) >= policy.forgetAfterMs;
    const ends = ranWell ? 1 : this.#record.endsInARow + 1;
    const final =
      hopeless ||
      ends >= policy.earlyExits ||
      failure.code === 'StartFailed' ||
      failure.code === 'MissingVariable';
    if (workload.mode === 'once' || (!everReady && final)) return this.#settle('Failed', exitCode, failure);
    this.#become(transition.willRestart(this.#record, failure, exitCode, ends));
    return restartDelayMs(policy, ends);
  }

  async #settle(
    phase: 'Succeeded' | 'Failed',
    exitCode: number | undefined,
    failure: FailureReport | undefined,
  ): Promise<undefined> {
    await this.#release();
    this.#become(transition.settled(this.#record, phase, exitCode, failure));
  }

  /** Gives back what only something that runs needs. */
  async #release(): Promise<void> {
    this.#run = undefined;
    this.#machine.ports.release(this.#record.workload.id);
    this.#machine.rotator.remove(this.#log);
    await this.#cgroupMade;
    if (this.#record.cgroup) await removeCgroup(this.#record.cgroup);
  }

  async #endRun(run: Run | undefined, graceMs: number): Promise<void> {
    if (!run) return;
    const { workload, cgroup, isolation } = this.#record;
    const launcher = isolation === 'bubblewrap' ? mainPid(this.#folder, this.#record.run) : undefined;
    const { shim, watch } = run;
    await endProcesses({ id: workload.id, shim, cgroup, launcher, exited: watch.exited }, graceMs);
    watch.close();
  }

  #become(record: WorkloadRecord): void {
    try {
      writeRecord(this.#folder, record);
    } catch {
      // A full disk must not end the care for what runs; the next change writes all of it again.
    }
    this.#tell(record);
  }

  /** Of a record that is on disk. */
  #tell(record: WorkloadRecord): void {
    const before = JSON.stringify(this.#record.state);
    this.#record = record;
    if (JSON.stringify(record.state) !== before) this.#report(record.state);
  }
}
