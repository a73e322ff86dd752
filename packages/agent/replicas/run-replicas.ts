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

const retryMs = 500;
const orphanGraceMs = 10_000;

/**
 * Keeps what runs here equal to the Replica objects: starts what is wanted, adopts what runs, ends what is gone, reports how it
 * stands. While the server is away everything goes on; what changed meanwhile is reported when it is back.
 */
export const runReplicas = async ({
  client,
  runtime,
  agentName,
  signal,
  onReady,
  log,
}: RunReplicasOptions): Promise<void> => {
  const replicas = client.resource(ReplicaKind);
  const wanted = new Map<string, Replica>();
  const states = new Map<string, WorkloadState>();
  const turns = new KeyedTurns(retryMs, signal, (id, error) => {
    if (!isPlatformError(error, 'Unavailable'))
      log(`replica ${wanted.get(id)?.metadata.name ?? id}: ${(error as Error).message}`);
  });

  const report = async (replica: Replica, state: WorkloadState): Promise<void> => {
    const status = replicaStatus(replica, state, agentName, new Date().toISOString());
    if (says(replica.status, status)) return;
    const { namespace = '', name, uid } = replica.metadata;
    try {
      const stored = await replicas.patchStatus(namespace, name, { metadata: { uid }, status } as never);
      if (wanted.has(uid)) wanted.set(uid, stored);
    } catch (error) {
      // Gone, or another of the same name: the watch says so in a moment.
      if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'Conflict')) throw error;
    }
  };

  /** Brings one workload to what is wanted of it, and says how it stands. */
  const sync = async (id: string): Promise<void> => {
    const replica = wanted.get(id);
    if (!replica) {
      const last = gone.get(id);
      await runtime.stop(id, last ?? orphanGraceMs, signal);
      await runtime.remove(id, signal);
      gone.delete(id);
      states.delete(id);
      return;
    }
    if (!states.has(id)) {
      try {
        await runtime.start(workloadOf(replica), signal);
      } catch (error) {
        if (signal.aborted) throw error;
        return report(replica, { id, phase: 'Failed', restarts: 0, failure: reportOf(error) });
      }
      const state = (await runtime.list()).find(one => one.id === id);
      if (state && !states.has(id)) states.set(id, state);
    }
    const state = states.get(id);
    if (state) await report(replica, state);
  };

  /** How long a replica whose object is gone may take to end. */
  const gone = new Map<string, number>();
  const forget = (replica: Replica): void => {
    const { uid } = replica.metadata;
    wanted.delete(uid);
    gone.set(uid, graceMs(replica));
    turns.add(uid, sync);
  };

  for (const state of await runtime.list()) states.set(state.id, state);
  const watching = (async () => {
    for await (const state of runtime.changes(signal)) {
      states.set(state.id, state);
      if (wanted.has(state.id)) turns.add(state.id, sync);
    }
  })();
  await client.inform(ReplicaKind, {
    signal,
    onChange(type, replica) {
      if (type === 'DELETED' || replica.metadata.deletionTimestamp) return forget(replica);
      wanted.set(replica.metadata.uid, replica);
      if (type === 'ADDED') turns.add(replica.metadata.uid, sync);
    },
    onSynced() {
      for (const id of states.keys()) if (!wanted.has(id)) turns.add(id, sync);
      onReady();
    },
    onError: error => {
      if (error.code !== 'Unavailable') log(`watching replicas: ${error.message}`);
    },
  });
  await watching;
  await turns.idle();
};

/** Ends every workload of this machine, for `down`. */
export const stopEverything = async (runtime: Runtime, signal: AbortSignal): Promise<void> => {
  await Promise.all((await runtime.list()).map(({ id }) => runtime.stop(id, orphanGraceMs, signal)));
};
