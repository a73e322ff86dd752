/** A process as it stands in a replica’s name. */
export const processInName = (process: string): string => process.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** The name of a replica, from which it can be told what it is even when the object is gone. */
export const replicaName = (
  rollout: string,
  sequence: number,
  configuration: string,
  process: string,
  index: number,
): string => `${rollout}.${sequence}-${configuration}-${processInName(process)}-${index}`;

/** What the name of a replica says: `orders.production.7-0a1b2c3d4e-web-0`. */
export interface ReplicaName {
  readonly service: string;
  readonly environment: string;
  /** The release, `orders.7`. */
  readonly release: string;
  readonly sequence: number;
  /** As it stands in the name: lower case, other characters as `-`. */
  readonly process: string;
  readonly index: number;
}

const pattern =
  /^(?<service>[a-z0-9-]+)\.(?<environment>[a-z0-9-]+)\.(?<sequence>\d+)-[0-9a-f]{10}-(?<process>[a-z0-9-]+)-(?<index>\d+)$/;

/** Reads the name that the rollout gave a replica; its object may be gone while its log is kept. */
export const parseReplicaName = (name: string): ReplicaName | undefined => {
  const { service, environment, sequence, process, index } = pattern.exec(name)?.groups ?? {};
  if (service === undefined || environment === undefined || process === undefined) return undefined;
  return {
    service,
    environment,
    release: `${service}.${sequence}`,
    sequence: Number(sequence),
    process,
    index: Number(index),
  };
};
