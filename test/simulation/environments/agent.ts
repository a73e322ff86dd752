import { type Build, BuildKind, type Replica, ReplicaKind } from '@causeway/model';
import { type FollowParts, followKind } from './follow-kind.ts';
import { artifactOf } from './place.ts';
import { tellStatus } from './tell-status.ts';

/** What a start, an end and a build take at most, milliseconds. */
const startMs = 150;
const endMs = 80;
const buildMs = 300;

interface Process {
  readonly slot: string;
  readonly address: string;
  phase: 'Starting' | 'Ready' | 'Stopping';
}

const user = 'system:agent:machine';

/** The place that one replica has in an environment, whatever object says so. */
const slotOf = ({ metadata, spec }: Replica): string =>
  [metadata.namespace, spec.environment, spec.service, spec.configuration, spec.process, spec.index].join(
    '/',
  );

/**
 * The machine on which everything runs, and its agent, which can be replaced: processes go on meanwhile. It does what the real one
 * does with replicas (packages/agent/replicas): by uid, starts what is wanted, ends what is not, and says how it stands.
 */
export class Agent {
  readonly #parts: FollowParts & { readonly complain: (problem: string) => void };
  readonly #processes = new Map<string, Process>();
  #wanted = new Map<string, Replica>();
  #builds = new Set<string>();
  #run: AbortController | undefined;
  #port = 20_000;

  constructor(parts: FollowParts & { readonly complain: (problem: string) => void }) {
    this.#parts = parts;
  }

  /** What runs though nothing should. */
  leftovers(): string | undefined {
    const [process] = this.#processes.values();
    return process && `a process of ${process.slot} is left`;
  }

  start(): void {
    const run = new AbortController();
    this.#run = run;
    this.#wanted = new Map();
    this.#builds = new Set();
    const alive = () => !run.signal.aborted;
    followKind(
      this.#parts,
      ReplicaKind,
      (type, replica) => {
        if (!alive()) return;
        const { uid, deletionTimestamp } = replica.metadata;
        if (type === 'DELETED' || deletionTimestamp) this.#wanted.delete(uid);
        else this.#wanted.set(uid, replica);
        this.#act(uid);
      },
      run.signal,
      () => {
        // What went while no agent looked.
        for (const uid of this.#processes.keys()) if (alive() && !this.#wanted.has(uid)) this.#act(uid);
      },
    );
    followKind(
      this.#parts,
      BuildKind,
      (type, build) => {
        if (alive() && type !== 'DELETED') this.#build(build, alive);
      },
      run.signal,
    );
  }

  /** Another agent takes over: it knows what runs, and learns the rest anew. */
  replace(): void {
    const { scheduler, random } = this.#parts;
    this.#run?.abort();
    this.#run = undefined;
    scheduler.after(random.between(1, 1000), () => {
      if (!this.#run) this.start();
    });
  }

  stop(): void {
    this.#run?.abort();
  }

  #act(uid: string): void {
    const replica = this.#wanted.get(uid);
    const process = this.#processes.get(uid);
    if (replica && !replica.spec.stop) {
      if (!process) this.#start(uid, replica);
      else this.#report(uid);
    } else if (process) this.#end(uid, process);
    else if (replica) this.#report(uid);
  }

  #start(uid: string, replica: Replica): void {
    const { scheduler, random, complain } = this.#parts;
    const slot = slotOf(replica);
    for (const other of this.#processes.values())
      if (other.slot === slot && other.phase !== 'Stopping') complain(`[ENV12] ${slot} is started twice`);
    this.#port += 1;
    const process: Process = { slot, address: `127.0.0.1:${this.#port}`, phase: 'Starting' };
    this.#processes.set(uid, process);
    scheduler.trace(() => `agent starts ${replica.metadata.name}`);
    this.#report(uid);
    scheduler.after(random.between(5, startMs), () => {
      if (process.phase !== 'Starting') return;
      process.phase = 'Ready';
      this.#report(uid);
    });
  }

  #end(uid: string, process: Process): void {
    if (process.phase === 'Stopping') return;
    const { scheduler, random } = this.#parts;
    process.phase = 'Stopping';
    scheduler.after(random.between(1, endMs), () => {
      this.#processes.delete(uid);
      // It may be wanted again by now.
      this.#act(uid);
    });
  }

  #report(uid: string): void {
    const replica = this.#wanted.get(uid);
    const run = this.#run;
    if (!replica || !run) return;
    void tellStatus(this.#parts, ReplicaKind, replica, user, () => {
      const wanted = this.#wanted.get(uid);
      if (!wanted || run.signal.aborted) return undefined;
      const process = this.#processes.get(uid);
      if (!process && !wanted.spec.stop) return undefined;
      const phase = process?.phase ?? 'Stopped';
      const { status } = wanted;
      const address = phase === 'Ready' ? process?.address : undefined;
      return status?.phase === phase && status.address === address ? undefined : { phase, address };
    });
  }

  #build(build: Build, alive: () => boolean): void {
    const { uid } = build.metadata;
    if (build.status?.phase || this.#builds.has(uid)) return;
    this.#builds.add(uid);
    const { scheduler, random } = this.#parts;
    scheduler.after(random.between(5, buildMs), () => {
      void tellStatus(this.#parts, BuildKind, build, user, () =>
        alive()
          ? { phase: 'Succeeded', artifact: artifactOf(build.spec.service, build.spec.commit) }
          : undefined,
      );
    });
  }
}
