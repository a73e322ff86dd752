import type { LogOptions } from '@causeway/contracts';
import {
  EnvironmentKind,
  type ObjectKey,
  productionEnvironment,
  type Replica,
  ReplicaKind,
  ServiceKind,
} from '@causeway/model';
import type { Capabilities } from '../settings.ts';
import { mergeStreams } from './merge-streams.ts';

export interface ServiceLogQuery extends Omit<LogOptions, 'signal'> {
  /** Only this process: `web`, `worker`. */
  readonly process?: string;
  /** Default: production. */
  readonly environment?: string;
}

const label = ({ spec }: Replica): string =>
  `${spec.release.slice(spec.service.length + 1)} ${spec.process}.${spec.index}`;

/**
 * What all replicas of a service in an environment print, each line after its release, process and index. Followed, replicas that come later
 * are read too, from their first line.
 */
export async function* serviceLog(
  { engine, logs }: Capabilities,
  key: ObjectKey,
  { process, environment = productionEnvironment, ...options }: ServiceLogQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await engine.store.get(ServiceKind, key);
  await engine.store.get(EnvironmentKind, { namespace: key.namespace, name: environment });
  const wanted = ({ spec }: Replica): boolean =>
    spec.service === key.name &&
    spec.environment === environment &&
    (process === undefined || spec.process === process);
  const read = async function* (replica: Replica, from: Omit<LogOptions, 'signal'>): AsyncGenerator<string> {
    const subject = { kind: 'replica' as const, namespace: key.namespace, name: replica.metadata.name };
    for await (const line of logs.read(subject, { ...from, signal }))
      yield `${label(replica)} | ${line.text}`;
  };
  const present = engine.store
    .peekAll(ReplicaKind, key.namespace, wanted)
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  if (!options.follow) {
    for (const replica of present) yield* read(replica, options);
    return;
  }
  const streams = mergeStreams<string>(signal);
  for (const replica of present) streams.add(read(replica, options));
  const end = engine.onChange(ReplicaKind, ({ type, object }) => {
    const replica = object as Replica;
    if (type === 'ADDED' && object.metadata.namespace === key.namespace && wanted(replica))
      streams.add(read(replica, { follow: true }));
  });
  try {
    yield* streams.items();
  } finally {
    end();
  }
}
