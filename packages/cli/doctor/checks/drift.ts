import { type Replica, ReplicaKind, type Service, ServiceKind } from '@causeway/model';
import { type Check, type Examined, type Finding, needsPlatform, ok, skipped, warning } from '../check.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Declared, reported and running must agree: what the service asks for, what its replicas say, what the machine has. */
export const driftOf = (
  service: Service,
  replicas: readonly Replica[],
  alive: ((pid: number) => boolean) | undefined,
): Finding[] => {
  const { name } = service.metadata;
  const release = service.status?.release;
  if (release === undefined) return [];
  const fix = `See platform describe service ${name}; platform deploy ${name} starts it anew.`;
  const web = replicas.filter(
    ({ spec }) =>
      spec.service === name &&
      spec.release === release &&
      spec.process === 'web' &&
      spec.mode === 'service' &&
      !spec.stop,
  );
  const ready = web.filter(({ status }) => status?.phase === 'Ready');
  const states = web.map(({ metadata, status }) => `${metadata.name}: ${status?.phase ?? 'Pending'}`);
  const findings: Finding[] = [];
  if (ready.length !== service.spec.replicas)
    findings.push(
      warning(
        `${name}: ${service.spec.replicas} replicas are declared, ${ready.length} are ready.`,
        fix,
        states,
      ),
    );
  const gone = alive ? ready.filter(({ status }) => status?.pid !== undefined && !alive(status.pid)) : [];
  if (gone.length > 0)
    findings.push(
      warning(
        `${name}: replicas are said to be ready, but their processes are gone.`,
        'The agent may be down: platform status. If it runs, this passes within seconds.',
        gone.map(({ metadata, status }) => `${metadata.name}: pid ${status?.pid}`),
      ),
    );
  const stale =
    service.status?.observedGeneration !== undefined &&
    service.status.observedGeneration < service.metadata.generation;
  if (stale)
    findings.push(
      warning(
        `${name}: its newest settings have not been taken up yet.`,
        'If this stays, the server is stuck: platform status.',
        [`generation ${service.metadata.generation}, observed ${service.status?.observedGeneration}`],
      ),
    );
  return findings;
};

export const drift: Check = {
  name: 'drift',
  async run({ client, team, signal, processes }: Examined) {
    if (!client) return needsPlatform;
    const [services, replicas] = await Promise.all([
      client.resource(ServiceKind).list({ namespace: team, signal }),
      client.resource(ReplicaKind).list({ namespace: team, signal }),
    ]);
    const released = services.items.filter(({ status }) => status?.release !== undefined);
    if (released.length === 0) return skipped('Nothing has been released yet.');
    const findings = released.flatMap(service =>
      driftOf(service, replicas.items, processes ? isAlive : undefined),
    );
    return findings.length > 0 ? findings : ok('What runs is what is declared.');
  },
};
