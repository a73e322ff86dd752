import type { Client } from '@causeway/client';
import { isPlatformError, PlatformError, type Policy, type PolicyAction, PolicyKind } from '@causeway/model';
import type { ReplayReport } from '@causeway/policy';
import type { Invocation } from '../invocation.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import { counted } from '../output/counted.ts';
import { parseSince } from './insights.ts';

interface Options {
  readonly action: PolicyAction;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** How far back a policy is tried that has not been in force. */
const triedOver = '30d';

const byTeam = (teams: readonly { readonly team: string; readonly count: number }[]): string =>
  teams
    .filter(({ count }) => count > 0)
    .map(({ team, count }) => `${team || 'no team'} ${count}`)
    .join(', ');

/** What it would refuse, as far as anybody knows. */
const consequences = async (
  client: Client,
  { metadata, status }: Policy,
  signal: AbortSignal,
): Promise<string[]> => {
  const judged = status?.judged;
  const present =
    judged === undefined || judged.objects === 0
      ? []
      : [
          judged.failing === 0
            ? `Of ${counted(judged.objects, 'object')} it would refuse none.`
            : `Of ${counted(judged.objects, 'object')} it would refuse ${judged.failing}: ${byTeam(judged.teams.map(({ team, failing }) => ({ team, count: failing })))}.`,
        ];
  const body = { policy: metadata.name, since: parseSince(triedOver, Date.now()) };
  try {
    const report = (await client.request('POST', '/api/policy/replay', body, { signal })) as ReplayReport;
    const refused = byTeam(report.newlyRefused.map(({ team, inputs }) => ({ team, count: inputs })));
    const past = `Of ${counted(report.judged, 'change')} in the last ${triedOver} it would have refused ${refused || 'none'}.`;
    return [...present, past];
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    return [
      ...present,
      `What it would have refused in the last ${triedOver} cannot be said: ${error.message}`,
    ];
  }
};

/** Nobody has been told of a draft: whoever it refuses meets it for the first time. */
const agreed = async (invocation: Invocation<Options>, client: Client, policy: Policy): Promise<boolean> => {
  const { options, output, stdin, signal } = invocation;
  const { name } = policy.metadata;
  for (const line of await consequences(client, policy, signal)) output.note(line);
  if (options.yes || options.dryRun) return true;
  const asking = { stdin, stderr: output.stderr, signal };
  if (canAsk(asking))
    return confirm(asking, `${name} is a draft, and nobody was warned. Refuse what it finds from now on?`);
  throw new PlatformError('Usage', `${name} is a draft: from draft to deny nobody is warned.`, {
    next: `Set it to audit or warn first, or add --yes.`,
  });
};

export const run = async (invocation: Invocation<Options>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  const { action, dryRun = false } = options;
  const client = await invocation.client();
  const resource = client.resource(PolicyKind);
  const policy: Policy = await resource.get('', name, signal);
  const before = policy.spec.action;
  if (before === action) return output.note(`${name} is on ${action} already.`);
  if (before === 'draft' && action === 'deny' && !(await agreed(invocation, client, policy)))
    return output.note('Nothing was changed.');
  const changed = await resource.patch(
    '',
    name,
    { metadata: { resourceVersion: policy.metadata.resourceVersion }, spec: { action } },
    { dryRun, signal },
  );
  if (output.machine) return output.document(changed);
  output.line(`✔ ${name}: ${before} → ${action}${dryRun ? ' (dry run)' : ''}`);
};
