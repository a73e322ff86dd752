import { waitUntil } from '@causeway/client';
import {
  dnsLabelRule,
  isDnsLabel,
  isTrue,
  type NewObjectOf,
  PlatformError,
  type Role,
  roles,
  TeamKind,
} from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { givenName } from '../resources/given-name.ts';

type TeamSpec = NonNullable<NewObjectOf<typeof TeamKind>['spec']>;
type Member = NonNullable<TeamSpec['members']>[number];

interface Options {
  readonly name?: string;
  readonly description?: string;
  readonly displayName?: string;
  readonly type?: string;
  readonly member?: readonly string[];
  readonly onCall?: string;
  readonly costCenter?: string;
  readonly dryRun?: boolean;
}

const readyWithinMs = 120_000;

/** `alice` or `alice:owner`. A user name may hold colons itself (`system:agent`), so only a known role is cut off. */
export const parseMember = (text: string): Member => {
  const colon = text.lastIndexOf(':');
  const role = text.slice(colon + 1) as Role;
  if (colon > 0 && roles.includes(role)) return { user: text.slice(0, colon), role };
  return { user: text, role: 'developer' };
};

/** Someone must be able to change the team later: without another owner it is the one who creates it. */
const withOwner = (members: Member[], user: string | undefined): Member[] =>
  user === undefined || members.some(member => member.role === 'owner')
    ? members
    : [{ user, role: 'owner' }, ...members.filter(member => member.user !== user)];

export const run = async (invocation: Invocation<Options>, positional: string | undefined): Promise<void> => {
  const { options, output, signal } = invocation;
  const { description, displayName, type, onCall, costCenter, dryRun = false } = options;
  const name = givenName('team', positional, options.name);
  if (!isDnsLabel(name))
    throw new PlatformError('Invalid', `${JSON.stringify(name)} cannot be the name of a team.`, {
      next: `Choose another: it ${dnsLabelRule}.`,
    });
  const platform = await invocation.platform();
  const { client } = platform;
  const members = withOwner((options.member ?? []).map(parseMember), platform.user);
  const given = { description, displayName, type: type as TeamSpec['type'], onCall, costCenter, members };
  const spec = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as TeamSpec;
  const created = await client
    .resource(TeamKind)
    .create('', { metadata: { name }, spec }, { dryRun, signal });
  const ready = dryRun
    ? created
    : await waitUntil(client, TeamKind, '', name, team => !!team && isTrue(team, 'Ready'), {
        timeoutMs: readyWithinMs,
        signal,
      });
  if (output.machine) return output.document(ready);
  if (dryRun) return output.line(`Team '${name}' would be created (dry run)`);
  output.line(`✔ Team '${name}' created successfully`);
  output.line();
  output.line('Next:');
  output.line(`  platform create service NAME --team ${name}`);
};
