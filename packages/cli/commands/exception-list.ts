import { type Exception, ExceptionKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { withoutManagers } from '../resources/without-managers.ts';

interface Options {
  readonly allTeams?: boolean;
  readonly mine?: boolean;
  readonly policy?: string;
}

/** Of a team, of all that one may see, or those that one decides on. */
const listed = async (invocation: Invocation<Options>): Promise<readonly Exception[]> => {
  const { options, signal } = invocation;
  const client = await invocation.client();
  if (options.mine) {
    const found = await client.request('GET', '/api/policy/exceptions', undefined, { signal });
    const { items } = found as { items: readonly Exception[] };
    return items.filter(({ spec }) => options.policy === undefined || spec.policy === options.policy);
  }
  const { items } = await client.resource(ExceptionKind).list({
    ...(options.allTeams ? {} : { namespace: await invocation.team() }),
    ...(options.policy === undefined ? {} : { fieldSelector: `spec.policy=${options.policy}` }),
    signal,
  });
  return items;
};

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { output } = invocation;
  const items = await listed(invocation);
  if (output.machine) return output.document(withoutManagers({ apiVersion: 'v1', kind: 'List', items }));
  if (items.length === 0) return output.note('There are no exceptions.');
  const wide = output.format === 'wide';
  printTable(
    output,
    [
      'Team',
      'Name',
      'Policy',
      'For',
      'Phase',
      'Expires',
      'Requested by',
      'Reason',
      ...(wide ? ['Decided by', 'Ticket', 'Control'] : []),
    ],
    items.map(({ metadata, spec, status }) => [
      metadata.namespace,
      metadata.name,
      spec.rule === undefined ? spec.policy : `${spec.policy}/${spec.rule}`,
      `${spec.target.kind}/${spec.target.name}`,
      status?.phase ?? 'Pending',
      spec.expiresAt,
      spec.requestedBy,
      spec.reason,
      ...(wide ? [spec.decision?.by, spec.ticket, spec.compensatingControl] : []),
    ]),
  );
};
