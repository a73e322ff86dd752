import pg from 'pg';
import { memory } from '../peer/process-figures.ts';
import { type JudgedServer, team } from './judged-server.ts';

const object = {
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: { name: 'NAME', namespace: team, labels: { tier: 'production' } },
  spec: {
    description: 'It is measured',
    variables: [
      { name: 'REGION', value: 'eu-central-1' },
      { name: 'LOG_LEVEL', value: 'info' },
    ],
    replicas: 'REPLICAS',
  },
};
const request = { actor: 'person', operation: 'CREATE', place: 'admission', team, user: 'ada' };
const results = [
  { policy: 'replayed', version: '0', action: 'audit', result: 'pass', findings: [], microseconds: 40 },
];
const rule = 'package replayed\n\ndeny contains "too many" if input.spec.replicas > 8\n';

/** Different inputs with a decision of each, as a server would have written them over time. */
const record = async (connectionString: string, count: number): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const digest = `encode(sha256(n::text::bytea), 'hex')`;
  const data = `replace(replace($2, 'NAME', 'web-' || n), '"REPLICAS"', (n % 10)::text)`;
  try {
    await client.query(
      `INSERT INTO decision_input (digest, data, redacted, used) SELECT ${digest}, ${data}, false, now() FROM generate_series(1, $1::int) n`,
      [count, JSON.stringify({ object, request })],
    );
    await client.query(
      `INSERT INTO decision (id, at, place, team, kind, name, operation, actor, allowed, input, context, policies, results)
       SELECT 'replayed-' || n, now() - n * interval '1 second', 'admission', $2, 'Service', 'web-' || n, 'CREATE', 'ada', true, ${digest}, '', ' replayed ', $3
       FROM generate_series(1, $1::int) n`,
      [count, team, JSON.stringify(results)],
    );
    await client.query('ANALYZE decision, decision_input');
  } finally {
    await client.end();
  }
};

export interface ReplayFigures {
  readonly decisions: number;
  readonly seconds: number;
  /** MiB of the server before, and the most while it replayed. */
  readonly before: number;
  readonly most: number;
}

/** What a policy would have decided over so many recorded decisions. */
export const measureReplay = async (
  { server, client, create }: JudgedServer,
  count: number,
): Promise<ReplayFigures> => {
  await record(server.connectionString, count);
  await create('/apis/causeway.dev/v1/policies', {
    kind: 'Policy',
    metadata: { name: 'replayed' },
    spec: {
      why: 'It is measured.',
      instead: 'Measure something else.',
      owner: 'platform',
      action: 'draft',
      match: { kinds: ['causeway.dev/Service'] },
      source: { inline: rule },
    },
  });
  const held = async (): Promise<number> => (await memory(server)).get('server') ?? 0;
  const before = await held();
  let most = before;
  const looking = setInterval(async () => {
    most = Math.max(most, await held());
  }, 500);
  const begun = performance.now();
  const answer = await client.send('POST', '/api/policy/replay', {
    policy: 'replayed',
    since: new Date(Date.now() - (count + 3600) * 1000).toISOString(),
  });
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(looking);
  const { judged, newlyRefused } = JSON.parse(answer) as {
    judged: number;
    newlyRefused: { inputs: number }[];
  };
  const refused = newlyRefused.reduce((sum, { inputs }) => sum + inputs, 0);
  if (judged < count || refused !== Math.floor((count + 1) / 10))
    throw new Error(`the replay judged ${judged} of ${count}, and would refuse ${refused}`);
  return { decisions: judged, seconds, before, most };
};
