import type { Client } from '@causeway/client';
import type { Runtime, WorkloadState } from '@causeway/contracts';
import { isPlatformError, type Replica, ReplicaKind, reportOf } from '@causeway/model';
import { KeyedTurns } from './keyed-turns.ts';
import { replicaStatus, says } from './replica-status.ts';
import { graceMs, workloadOf } from './workload-of.ts';

export interface RunReplicasOptions {
  readonly client: Pick<Client, 'resource' | 'inform'>;
  readonly runtime: Runtime;
  readonly agentName: string;
  readonly signal: AbortSignal;
  /** Called once, when the replicas that the server wants are known. */
  readonly onReady: () => void;
  readonly log: (line: string) => void;
}

/** A start that is over by then is told with its end: each report is a commit, and work for all who hear of it. */
const startToldAfterMs = 250;

const isBeginning = ({ phase, restarts, failure }: WorkloadState): boolean =>
  phase === 'Starting' && restarts === 0 && failure === undefined;

/** For what runs here though no object asks for it. */
const orphanGraceMs = 10_000;

/** A command that is to run once has, and must not again, though nothing here remembers it. */
const isOver = ({ spec, status }: Replica): boolean =>
  spec.mode === 'once' && (status?.phase === 'Succeeded' || status?.phase === 'Failed');

/** What `status` says of a replica that its runtime does not know. */
const unknownState = (replica: Replica): WorkloadState | undefined =>
  replica.spec.stop && !isOver(replica)
    ? { id: replica.metadata.uid, phase: 'Stopped', restarts: replica.status?.restarts ?? 0 }
    : undefined;

/**
 * Keeps what runs here equal to the Replica objects: starts what is wanted, adopts what runs, stops what is not wanted any
 * more, reports how it stands. While the server is away everything goes on; what changed meanwhile is reported when it is
 * back. When the signal aborts, it looks away; workloads go on.
 */
export const runReplicas = async (options: RunReplicasOptions): Promise<void> => {
  const { client, runtime, agentName, signal, onReady, log } = options;
  const replicas = client.resource(ReplicaKind);
  /** By uid, as are the following: one made anew under its name is another. */
  const wanted = new Map<string, Replica>();
  const states = new Map<string, WorkloadState>();
  /** How long a replica whose object is gone may take to end. */
  const graces = new Map<string, number>();

  const act = async (uid: string): Promise<void> => {
    const replica = wanted.get(uid);
    if (!replica) {
      await runtime.stop(uid, graces.get(uid) ?? orphanGraceMs, signal);
      await runtime.remove(uid, signal);
      graces.delete(uid);
      states.delete(uid);
    } else if (replica.spec.stop) await runtime.stop(uid, graceMs(replica), signal);
    else if (states.has(uid) || !isOver(replica)) await start(replica);
  };

  const start = async (replica: Replica): Promise<void> => {
    const id = replica.metadata.uid;
    try {
      await runtime.start(workloadOf(replica), signal);
    } catch (error) {
      if (signal.aborted || !isPlatformError(error)) throw error;
      // It is no workload for this runtime, and trying again does not make it one.
      states.set(id, { id, phase: 'Failed', restarts: 0, failure: reportOf(error) });
      reports.add(id);
    }
  };

  const report = async (uid: string): Promise<void> => {
    const replica = wanted.get(uid);
    const state = replica && (states.get(uid) ?? unknownState(replica));
    if (!state) return;
    const status = replicaStatus(replica, state, agentName, new Date().toISOString());
    if (says(replica.status, status)) return;
    const { namespace = '', name } = replica.metadata;
    try {
      const stored = await replicas.patchStatus(namespace, name, { metadata: { uid }, status }, { signal });
      if (wanted.has(uid)) wanted.set(uid, stored);
    } catch (error) {
      // Gone, or another of the same name: the watch says so in a moment.
      if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'Conflict')) throw error;
    }
  };

  const onError = (uid: string, error: unknown): void => {
    if (isPlatformError(error, 'Unavailable')) return;
    log(`replica ${wanted.get(uid)?.metadata.name ?? uid}: ${(error as Error).message}`);
  };
  // Apart from each other: how a stop goes is reported while it takes its time.
  const acts = new KeyedTurns(act, signal, onError);
  const reports = new KeyedTurns(report, signal, onError);

  const changes = runtime.changes(signal);
  for (const state of await runtime.list()) states.set(state.id, state);
  const listening = (async () => {
    for await (const state of changes) {
      states.set(state.id, state);
      if (isBeginning(state)) setTimeout(() => reports.add(state.id), startToldAfterMs).unref();
      else reports.add(state.id);
    }
  })();

  await client.inform(ReplicaKind, {
    signal,
    onChange(type, replica) {
      const { uid, deletionTimestamp } = replica.metadata;
      if (type === 'DELETED' || deletionTimestamp) {
        wanted.delete(uid);
        graces.set(uid, graceMs(replica));
      } else wanted.set(uid, replica);
      acts.add(uid);
      reports.add(uid);
    },
    onSynced() {
      for (const uid of states.keys()) if (!wanted.has(uid)) acts.add(uid);
      onReady();
    },
    onError(error) {
      if (error.code !== 'Unavailable') log(`watching replicas: ${error.message}`);
    },
  });
  await listening;
  await Promise.all([acts.idle(), reports.idle()]);
};

/** Stops every workload of this machine, for `down`. */
export const stopEverything = async (runtime: Runtime, signal: AbortSignal): Promise<void> => {
  await Promise.all((await runtime.list()).map(({ id }) => runtime.stop(id, orphanGraceMs, signal)));
};
