import { percentile } from '../figures.ts';
import { type JudgedServer, team } from './judged-server.ts';

/** Rules about a Service, each of a text of its own. */
const ruleOf = (n: number): string => `package service${n}

deny contains msg if {
	input.spec.replicas > ${10 + n}
	msg := sprintf("%d replicas are too many", [input.spec.replicas])
}

deny contains msg if {
	some variable in input.spec.variables
	regex.match("(?i)(password|secret)_${n}$", variable.name)
	msg := sprintf("%s looks like a secret", [variable.name])
}

deny contains "it has no description" if not input.spec.description
`;

const added = Array.from({ length: 100 }, (_, n) => `added-${n}`);

const addPolicies = async ({ create }: JudgedServer): Promise<void> => {
  for (const [n, name] of added.entries())
    await create('/apis/causeway.dev/v1/policies', {
      kind: 'Policy',
      metadata: { name },
      spec: {
        why: 'It is measured.',
        instead: 'Measure something else.',
        owner: 'platform',
        action: 'draft',
        match: { kinds: ['causeway.dev/Service'] },
        source: { inline: ruleOf(n) },
      },
    });
};

const service = (name: string) => ({
  kind: 'Service',
  metadata: { name, namespace: team },
  spec: {
    description: 'It is measured',
    variables: [
      { name: 'REGION', value: 'eu-central-1' },
      { name: 'LOG_LEVEL', value: 'info' },
    ],
    replicas: 2,
  },
});

export interface AdmissionFigures {
  readonly name: string;
  /** Policies that said something of each Service. */
  readonly asked: number;
  /** Milliseconds of each create. */
  readonly times: readonly number[];
}

/** Creates Services one after the other with no policy, those that are shipped, and a hundred; in turn, so that all see the same machine. */
export const measureAdmission = async (
  judged: JudgedServer,
  rounds: number,
  creates: number,
): Promise<readonly AdmissionFigures[]> => {
  const { shipped, act, create, client } = judged;
  await addPolicies(judged);
  const all = [...shipped, ...added];
  const stages = [
    { name: 'no policy', asked: [] as readonly string[] },
    { name: `the ${shipped.length} that are shipped`, asked: shipped },
    { name: '100 about Services', asked: added },
  ];
  const times = new Map(stages.map(({ name }) => [name, [] as number[]]));
  const decided = new Map<string, number>();
  let serial = 0;
  for (let round = 0; round < rounds; round += 1)
    for (const { name, asked } of stages) {
      for (const policy of all) await act(policy, asked.includes(policy) ? 'audit' : 'draft');
      // Everything there is is judged by what changed.
      await judged.untilQuiet();
      for (let n = 0; n < creates; n += 1) {
        serial += 1;
        const begun = performance.now();
        await create(`/apis/causeway.dev/v1/namespaces/${team}/services`, service(`s-${serial}`));
        times.get(name)?.push(performance.now() - begun);
        // What a Service sets off is another matter.
        await new Promise(resolve => setTimeout(resolve, 100));
      }
      const answer = await client.send('GET', `/api/policy/decisions?kind=Service&name=s-${serial}&limit=10`);
      const { decisions } = JSON.parse(answer) as { decisions: { results: unknown[]; place: string }[] };
      decided.set(name, decisions.find(({ place }) => place === 'admission')?.results.length ?? 0);
    }
  return stages.map(({ name }) => ({
    name,
    asked: decided.get(name) ?? 0,
    times: times.get(name) ?? [],
  }));
};

export const sayAdmission = (
  { name, asked, times }: AdmissionFigures,
  without: readonly number[],
): string => {
  const at = (share: number): string => percentile(times, share).toFixed(1);
  const more = (share: number): string => (percentile(times, share) - percentile(without, share)).toFixed(1);
  const beyond = times === without ? '' : `: ${more(0.5)} ms and ${more(0.99)} ms more`;
  return `${name} (${asked} decisions): p50 ${at(0.5)} ms, p99 ${at(0.99)} ms${beyond}, n ${times.length}`;
};
