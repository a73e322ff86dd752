import { type KindDefinition, kindId, type Verb } from '@causeway/model';

/** The server itself: it may do everything. */
export const serverUser = 'system:server';

/** What the platform's other processes may do, wherever: read some kinds, and write the status of some. */
interface ProcessIdentity {
  readonly prefix: string;
  readonly reads: ReadonlySet<string>;
  readonly reports: ReadonlySet<string>;
}

const ids = (...plurals: string[]): ReadonlySet<string> =>
  new Set(plurals.map(plural => `${plural}.causeway.dev`));

const identities: readonly ProcessIdentity[] = [
  {
    prefix: 'system:agent:',
    reads: ids('builds', 'replicas', 'releases', 'services'),
    reports: ids('builds', 'replicas'),
  },
  { prefix: 'system:gateway:', reads: ids('routes'), reports: ids('routes') },
];

/** Whether the user is a process of the platform. Those have no roles in teams, whatever a team's members say. */
export const isProcess = (user: string): boolean => user.startsWith('system:');

export const processMay = (user: string, verb: Verb, kind: KindDefinition, subresource: string): boolean => {
  if (user === serverUser) return true;
  const identity = identities.find(({ prefix }) => user.startsWith(prefix));
  if (!identity) return false;
  const id = kindId(kind);
  if (verb === 'get' || verb === 'list' || verb === 'watch')
    return (subresource === '' || subresource === 'status') && identity.reads.has(id);
  return (verb === 'update' || verb === 'patch') && subresource === 'status' && identity.reports.has(id);
};
