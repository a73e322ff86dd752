import type { LogOptions } from '@causeway/contracts';
import {
  type ObjectKey,
  PlatformError,
  productionEnvironment,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { parseReplicaName, processInName, type ReplicaName } from '../delivery/rollout/replica-name.ts';
import type { Capabilities } from '../settings.ts';
import { mergeStreams } from './merge-streams.ts';

export interface ReleaseLogQuery extends Omit<LogOptions, 'signal'> {
  readonly process?: string;
  /** Default: wherever it ran. */
  readonly environment?: string;
  /** A release or its sequence; `previous` is the newest of those that do not serve. */
  readonly release: { readonly named: string } | 'previous';
}

interface KeptLog extends ReplicaName {
  readonly name: string;
}

const keptFor = '7 days';

const chosen = (
  kept: readonly KeptLog[],
  service: string,
  { release }: ReleaseLogQuery,
  serving: string | undefined,
): string => {
  const releases = [...new Set(kept.toSorted((a, b) => b.sequence - a.sequence).map(one => one.release))];
  if (release === 'previous') {
    const found = releases.find(one => one !== serving);
    if (found !== undefined) return found;
  } else {
    const name = /^\d+$/.test(release.named) ? `${service}.${Number(release.named)}` : release.named;
    if (releases.includes(name)) return name;
  }
  const what = release === 'previous' ? 'a previous release' : `'${release.named.slice(0, 100)}'`;
  throw new PlatformError('NotFound', `${service} keeps no log of ${what}`, {
    evidence: [`Logs are kept of: ${releases.join(', ') || 'none'}.`],
    next: `Choose one of these. Logs go ${keptFor} after their last line; \`platform logs ${service} --build --release N\` shows how N was built.`,
  });
};

/** What the replicas of one release of a service printed, whether or not they are still there, each line after process and index. */
export async function* releaseLog(
  { engine, logs }: Capabilities,
  key: ObjectKey,
  query: ReleaseLogQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await engine.store.get(ServiceKind, key);
  const { process, environment, release: _release, ...options } = query;
  const kept = (await logs.list('replica', key.namespace)).flatMap((name): KeptLog[] => {
    const parsed = parseReplicaName(name);
    const isWanted =
      parsed?.service === key.name && (environment === undefined || parsed.environment === environment);
    return isWanted ? [{ ...parsed, name }] : [];
  });
  const rollout = engine.store.peek(RolloutKind, {
    namespace: key.namespace,
    name: `${key.name}.${environment ?? productionEnvironment}`,
  });
  const release = chosen(kept, key.name, query, rollout?.status?.serving?.release);
  const wanted = kept.filter(
    one => one.release === release && (process === undefined || one.process === processInName(process)),
  );
  const read = async function* ({ name, process: of, sequence, index }: KeptLog): AsyncGenerator<string> {
    const subject = { kind: 'replica' as const, namespace: key.namespace, name };
    for await (const { text } of logs.read(subject, { ...options, signal }))
      yield `${sequence} ${of}.${index} | ${text}`;
  };
  if (!options.follow) {
    for (const one of wanted) yield* read(one);
    return;
  }
  const streams = mergeStreams<string>(signal);
  for (const one of wanted) streams.add(read(one));
  yield* streams.items();
}
