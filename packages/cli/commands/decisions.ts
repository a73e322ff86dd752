import { PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { parseSince } from './insights.ts';

interface Options {
  readonly policy?: string;
  readonly denied?: boolean;
  readonly since?: string;
  readonly limit: string;
}

interface Finding {
  readonly message: string;
  readonly exception?: string;
}

interface Decision {
  readonly at: string;
  readonly place: string;
  readonly team: string;
  readonly kind: string;
  readonly name: string;
  readonly actor: string;
  readonly allowed: boolean;
  readonly results: readonly {
    readonly policy: string;
    readonly result: string;
    readonly findings: readonly Finding[];
    readonly error?: string;
  }[];
}

/** Which policies had something to say; of one that was asked for, what. */
const saidBy = ({ results }: Decision, policy: string | undefined): string =>
  results
    .filter(one => one.result !== 'pass' && (policy === undefined || one.policy === policy))
    .map(({ policy: name, result, findings, error }) => {
      const excepted = findings.find(({ exception }) => exception !== undefined)?.exception;
      const what = result === 'skip' && excepted ? `excepted by ${excepted}` : result;
      const said = error ?? findings[0]?.message;
      return policy === undefined ? `${name}: ${what}` : `${what}${said === undefined ? '' : `: ${said}`}`;
    })
    .join('; ');

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, signal } = invocation;
  const { policy, denied, since, limit, team } = options;
  if (!/^\d{1,4}$/.test(limit))
    throw new PlatformError('Usage', `--limit ${limit.slice(0, 20)} is no number of decisions.`, {
      next: 'Write it as --limit 100; at most 1000 are printed at once.',
    });
  const client = await invocation.client();
  const query = {
    policy,
    team,
    denied: denied ? 'true' : undefined,
    since: since === undefined ? undefined : parseSince(since, Date.now()),
    limit,
  };
  const { decisions } = (await client.request('GET', '/api/policy/decisions', undefined, {
    query,
    signal,
  })) as { decisions: readonly Decision[] };
  if (output.machine) return output.document(decisions);
  if (decisions.length === 0) return output.note('No decision matches.');
  printTable(
    output,
    ['At', 'Where', 'Team', 'Object', 'Who', 'Decision', 'Policies'],
    decisions.map(decision => [
      decision.at,
      decision.place,
      decision.team,
      `${decision.kind}/${decision.name}`,
      decision.actor,
      decision.allowed ? 'allowed' : 'refused',
      saidBy(decision, policy),
    ]),
  );
};
