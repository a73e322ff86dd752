import type { Engine } from '@causeway/engine';
import { NamespaceKind, ReleaseKind, ServiceKind, TeamKind } from '@causeway/model';

export const team = 'shop';

/** What the team runs. The worker listens to nothing; what is on the branch of `web` has yet to be built. */
export const services = {
  api: { processes: { web: 'serve' } },
  web: { processes: { web: 'serve', clock: 'tick' } },
  worker: { processes: { worker: 'work' } },
} as const;
export type ServiceName = keyof typeof services;
export const serviceNames = Object.keys(services) as ServiceName[];

export const artifactOf = (service: string, commit: string) => ({
  digest: commit.padEnd(64, '0').slice(0, 64),
  builder: 'simulation',
  processes: { ...services[service as ServiceName].processes },
});

const installer = { user: 'system:server', from: 'installation' };
const commitOf = (service: string): string => Buffer.from(service).toString('hex').padEnd(40, '0');

/** The commit at the head of every branch. */
export const branchCommit = 'b'.repeat(40);

/** The team with services that have been released: what git and builds would have made is given. */
export const furnish = async ({ store }: Engine): Promise<void> => {
  await store.create(NamespaceKind, { metadata: { name: team } }, installer);
  await store.create(TeamKind, { metadata: { name: team } }, installer);
  for (const name of serviceNames) {
    await store.create(ServiceKind, { metadata: { name, namespace: team }, spec: {} }, installer);
    await store.mutate(
      ServiceKind,
      { namespace: team, name },
      one => ({ ...one, status: { ...one.status, sequence: 1 } }),
      installer,
      { subresource: 'status' },
    );
    const commit = commitOf(name);
    await store.create(
      ReleaseKind,
      {
        metadata: { name: `${name}.1`, namespace: team },
        spec: {
          service: name,
          commit,
          build: `${name}.1`,
          sequence: 1,
          reason: 'push',
          createdBy: 'ada',
          artifact: artifactOf(name, commit),
        },
      },
      installer,
    );
  }
};
