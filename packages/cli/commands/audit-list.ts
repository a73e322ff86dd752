import { kindId, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { findKind } from '../resources/find-kind.ts';
import { parseSince } from './insights.ts';

interface Options {
  readonly since?: string;
  readonly user?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly limit: string;
}

interface Listed {
  readonly seq: number;
  readonly at: string;
  readonly actor: { readonly user: string; readonly onBehalfOf?: string; readonly from?: string };
  readonly verb: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly change?: unknown;
}

const who = ({ user, onBehalfOf }: Listed['actor']): string =>
  onBehalfOf === undefined ? user : `${user} for ${onBehalfOf}`;

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, signal } = invocation;
  const { since, user, kind, name, limit, team } = options;
  if (!/^\d{1,4}$/.test(limit))
    throw new PlatformError('Usage', `--limit ${limit.slice(0, 20)} is no number of records.`, {
      next: 'Write it as --limit 100; at most 1000 are printed at once.',
    });
  const client = await invocation.client();
  const query = {
    since: since === undefined ? undefined : parseSince(since, Date.now()),
    user,
    kind: kind === undefined ? undefined : kindId(findKind(kind)),
    namespace: team,
    name,
    limit,
  };
  const { records } = (await client.request('GET', '/api/audit', undefined, { query, signal })) as {
    records: readonly Listed[];
  };
  if (output.machine) return output.document(records);
  if (records.length === 0) return output.note('No record matches.');
  const wide = output.format === 'wide';
  printTable(
    output,
    ['Record', 'At', 'Who', 'Did', 'What', ...(wide ? ['From', 'Change'] : [])],
    records.map(({ seq, at, actor, verb, kind: of, namespace, name: object, change }) => [
      seq,
      at,
      who(actor),
      verb,
      `${of.split('.')[0]} ${namespace ? `${namespace}/` : ''}${object}`,
      ...(wide ? [actor.from, change] : []),
    ]),
  );
};
