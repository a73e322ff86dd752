import { type Route, RouteKind } from '@causeway/model';

export interface RouteSketch {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly service?: string;
  readonly generation?: number;
  readonly createdAt?: string;
  readonly hostnames?: readonly string[];
  readonly backends?: readonly { address: string; release?: string; weight?: number; standby?: boolean }[];
  readonly timeouts?: { connect?: string; response?: string };
  readonly retries?: number;
  readonly environment?: string;
  readonly asleep?: boolean;
  readonly starting?: boolean;
  readonly address?: string;
  readonly status?: Route['status'];
}

/** A Route as the server would give it, with whatever matters to a test. */
export const makeRoute = (sketch: RouteSketch = {}): Route => {
  const service = sketch.service ?? 'shop';
  const generation = sketch.generation ?? 1;
  return {
    apiVersion: 'causeway.dev/v1',
    kind: 'Route',
    metadata: {
      name: sketch.name ?? `${service}.production`,
      namespace: sketch.namespace ?? 'retail',
      uid: sketch.uid ?? `uid-${service}`,
      resourceVersion: String(generation),
      generation,
      creationTimestamp: sketch.createdAt ?? '2026-01-01T00:00:00Z',
    },
    spec: RouteKind.spec.parse({
      service,
      environment: sketch.environment ?? 'production',
      hostnames: sketch.hostnames ?? ['shop.localhost'],
      backends: (sketch.backends ?? []).map((backend, index) => ({
        name: `replica-${index}`,
        release: 'shop.1',
        ...backend,
      })),
      timeouts: sketch.timeouts ?? {},
      ...(sketch.address === undefined ? {} : { address: sketch.address }),
      ...(sketch.asleep === undefined ? {} : { asleep: sketch.asleep }),
      ...(sketch.starting === undefined ? {} : { starting: sketch.starting }),
      ...(sketch.retries === undefined ? {} : { retries: sketch.retries }),
    }),
    ...(sketch.status ? { status: sketch.status } : {}),
  };
};
