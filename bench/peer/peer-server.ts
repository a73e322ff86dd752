/** One of the two that are compared, with its processes. */
export interface PeerServer {
  readonly name: string;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
  /** Its programs by name, with the processes of each. */
  processes(): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Ends the server, but not its database, and starts it again. */
  restart(): Promise<void>;
  /** Versions, and what makes its writes durable. */
  describe(): Promise<string>;
  stop(): Promise<void>;
}

export const namespace = 'bench';
export const collection = `/apis/causeway.dev/v1/namespaces/${namespace}/routes`;

/**
 * An object of an EnvironmentRequest's size, about 800 bytes as it is sent. No controller of the platform acts on a
 * Route that belongs to no Rollout, so both servers do the same work for it.
 */
export const object = (name: string, index: number) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Route',
  metadata: {
    name,
    namespace,
    labels: { app: 'integration-test', group: `g${index % 100}` },
    annotations: { 'causeway.dev/requested-by': 'alice@example.com', 'causeway.dev/expires': '14d' },
  },
  spec: {
    service: 'payments-api',
    environment: 'integration-test',
    hostnames: [`${name}.team.localhost`, `${name}.localhost`],
    backends: [
      { name: `${name}-1`, address: '127.0.0.1:31001', release: 'payments-api.17', weight: 90 },
      { name: `${name}-2`, address: '127.0.0.1:31002', release: 'payments-api.18', weight: 10 },
    ],
    timeouts: { connect: '5s', response: '60s' },
    retries: 2,
  },
});
