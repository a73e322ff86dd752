import type { LogRotator } from '../log-files/log-rotator.ts';
import type { CgroupHierarchy } from './cgroup-hierarchy.ts';
import type { Isolation } from './isolation.ts';
import type { PortAllocator } from './port-allocator.ts';
import type { RestartPolicy } from './restart-policy.ts';
import type { SpareShims } from './spare-shims.ts';

/** All in milliseconds. */
export interface Timing {
  /** Between looks at whether a ready workload still answers; so many bad ones in a row, and it is not ready. */
  readonly healthEveryMs: number;
  readonly healthFailures: number;
  readonly healthTimeoutMs: number;
  /** A process that does not listen is ready when it has run that long. */
  readonly settleMs: number;
  /** Between looks whether the shim is still there. */
  readonly pollMs: number;
}

export const defaultTiming: Timing = {
  healthEveryMs: 5000,
  healthFailures: 3,
  healthTimeoutMs: 10_000,
  settleMs: 1000,
  pollMs: 1000,
};

/** What the workloads of one DATA folder share. */
export interface Machine {
  /** Absolute, without symbolic links. */
  readonly data: string;
  readonly isolation: Isolation;
  readonly hierarchy: CgroupHierarchy | undefined;
  readonly ports: PortAllocator;
  readonly shims: SpareShims;
  readonly rotator: LogRotator;
  /** What every workload finds its programs by, and the folders these lie in. */
  readonly path: string;
  readonly tools: readonly string[];
  /** Folders that no workload may see, beside DATA. */
  readonly hidden: readonly string[];
  readonly timing: Timing;
  readonly policy: RestartPolicy;
  /** The name of a workload, for messages. */
  nameOf(id: string): string;
}
