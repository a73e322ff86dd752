import { mkdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import type { Runtime, Workload, WorkloadState } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { privateFolders } from '../isolation/private-folders.ts';
import { LogRotator, type RotationLimits } from '../log-files/log-rotator.ts';
import { findHierarchy } from './cgroup-hierarchy.ts';
import { detectIsolation, type Isolation, ownNamespace } from './isolation.ts';
import { defaultTiming, type Machine, type Timing } from './machine.ts';
import { PortAllocator, type PortRange } from './port-allocator.ts';
import { removeFolder } from './remove-folder.ts';
import { defaultRestartPolicy, type RestartPolicy } from './restart-policy.ts';
import { shimEnvironment } from './shim.ts';
import { SpareShims } from './spare-shims.ts';
import { StateChanges } from './state-changes.ts';
import { Supervision } from './supervision.ts';
import { newRecord, readRecords, workloadFolder, workloadsFolder } from './workload-record.ts';

export interface ProcessRuntimeOptions {
  /** The platform's DATA folder. */
  readonly data: string;
  /** Where workloads look for programs, beside their own PATH. Default: this Node.js and the system's folders. */
  readonly path?: string;
  /** Folders that workloads must be able to read for these programs to run, wherever they lie. Default: this Node.js. */
  readonly tools?: readonly string[];
  /** How workloads are kept apart. Default: the best that this machine allows. */
  readonly isolation?: Isolation;
  readonly ports?: PortRange;
  readonly logs?: RotationLimits;
  readonly timing?: Partial<Timing>;
  readonly restarts?: Partial<RestartPolicy>;
}

export interface ProcessRuntime extends Runtime {
  readonly isolation: Isolation;
  /** Whether limits of memory and CPU time hold. */
  readonly limits: boolean;
  /** Looks away; workloads go on, and the next runtime over the same folder finds them. */
  close(): Promise<void>;
}

const nodeFolder = dirname(realpathSync(process.execPath));

/** Runs workloads as processes of this machine (Linux). One at a time over a DATA folder. */
export const createProcessRuntime = async (options: ProcessRuntimeOptions): Promise<ProcessRuntime> => {
  if (process.platform !== 'linux')
    throw new PlatformError(
      'Unsupported',
      `Workloads run as processes on Linux only, not on ${process.platform}.`,
    );
  mkdirSync(workloadsFolder(options.data), { recursive: true, mode: 0o711 });
  const data = realpathSync(options.data);
  const supervisions = new Map<string, Supervision>();
  const turns = new Map<string, Promise<void>>();
  const changes = new StateChanges();
  const rotator = new LogRotator(options.logs);
  const isolation = options.isolation ?? (await detectIsolation(workloadsFolder(data)));
  const machine: Machine = {
    data,
    isolation,
    shims: new SpareShims({
      folder: workloadsFolder(data),
      launcher: isolation === 'namespaces' ? ownNamespace : [],
      busy: () => supervisions.values().some(({ isStarting }) => isStarting),
    }),
    hierarchy: findHierarchy(),
    ports: new PortAllocator(options.ports),
    rotator,
    path: options.path ?? [nodeFolder, shimEnvironment.PATH].join(delimiter),
    tools: (options.tools ?? [dirname(nodeFolder)]).flatMap(realFolder),
    hidden: privateFolders(),
    timing: { ...defaultTiming, ...options.timing },
    policy: { ...defaultRestartPolicy, ...options.restarts },
    nameOf: id => supervisions.get(id)?.name ?? id,
  };
  const report = (state: WorkloadState): void => changes.tell(state);

  /** Calls for one workload follow one another. */
  const inTurn = (id: string, signal: AbortSignal, act: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    const turn = (turns.get(id) ?? Promise.resolve()).then(act);
    const settled = turn.catch(() => {});
    turns.set(id, settled);
    void settled.then(() => {
      if (turns.get(id) === settled) turns.delete(id);
    });
    return unlessAborted(turn, signal);
  };

  for (const record of readRecords(data)) {
    const supervision = new Supervision(machine, record, report);
    supervisions.set(record.workload.id, supervision);
    const { phase } = supervision.state;
    if (phase === 'Starting' || phase === 'Ready') supervision.begin();
  }

  return {
    isolation: machine.isolation,
    limits: machine.hierarchy?.parents.memory !== undefined,

    start: (workload: Workload, signal) =>
      inTurn(workload.id, signal, async () => {
        workloadFolder(data, workload.id);
        const known = supervisions.get(workload.id);
        if (known && known.state.phase !== 'Stopped' && known.state.phase !== 'Stopping') return;
        const supervision = known ?? new Supervision(machine, newRecord(workload), report);
        supervisions.set(workload.id, supervision);
        supervision.begin();
      }),

    stop: (id, graceMs, signal) => inTurn(id, signal, async () => supervisions.get(id)?.stop(graceMs)),

    remove: (id, signal) =>
      inTurn(id, signal, async () => {
        const known = supervisions.get(id);
        await known?.stop(0);
        await known?.leave();
        supervisions.delete(id);
        await removeFolder(workloadFolder(data, id));
      }),

    list: async () => [...supervisions.values()].map(({ state }) => state),

    changes: signal => changes.listen(signal),

    async close() {
      rotator.close();
      machine.shims.close();
      await Promise.all([...supervisions.values()].map(supervision => supervision.leave()));
      machine.ports.close();
    },
  };
};

const realFolder = (folder: string): string[] => {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
};

const unlessAborted = (promise: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
