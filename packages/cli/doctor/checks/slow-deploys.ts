import { type Build, BuildKind } from '@causeway/model';
import { type Check, type Finding, needsPlatform, ok, skipped, warning } from '../check.ts';

const looked = 20;
const slowSeconds = 30;

const secondsBetween = (from: string | undefined, to: string | undefined): number =>
  from && to ? Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) : 0;

const fixes: Readonly<Record<string, string>> = {
  waiting: 'Builds run one after the other: wait for the others, or see `platform get builds -A`.',
  checkout: 'Keep large files out of the repository.',
  install:
    'Commit a lockfile (package-lock.json, requirements.txt with versions, go.sum): an unchanged one installs nothing.',
  build: 'Look for the slow part in `platform logs build/NAME`, or set spec.build.build to less.',
  test: 'Make the tests faster, set spec.build.test.command to the quick ones, or spec.build.test.enabled: false.',
  package: 'Keep what the service does not need out of the build’s result.',
};

/** How long each part of a build took, waiting included. */
export const partsOf = ({ metadata, status }: Build): [name: string, seconds: number][] => [
  ['waiting', secondsBetween(metadata.creationTimestamp, status?.startedAt)],
  ...(status?.steps ?? []).map(({ name, startedAt, finishedAt }): [string, number] => [
    name,
    secondsBetween(startedAt, finishedAt),
  ]),
];

const slowFinding = (build: Build): Finding[] => {
  const total = secondsBetween(build.metadata.creationTimestamp, build.status?.finishedAt);
  if (total < slowSeconds) return [];
  const [part = '', seconds = 0] = partsOf(build).toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return [
    warning(
      `${build.metadata.name} took ${total.toFixed(0)} s, of which ${part} ${seconds.toFixed(0)} s.`,
      fixes[part] ?? `See platform describe build ${build.metadata.name}.`,
      partsOf(build).map(([name, took]) => `${name}: ${took.toFixed(1)} s`),
    ),
  ];
};

/** Judges the newest finished build of each service: what it is like to deploy now. */
export const slowDeploys: Check = {
  name: 'deploys',
  async run({ client, team, signal }) {
    if (!client) return needsPlatform;
    const { items } = await client
      .resource(BuildKind)
      .list({ namespace: team, fieldSelector: 'status.phase=Succeeded', signal });
    const newest = new Map<string, Build>();
    for (const build of items) {
      const known = newest.get(build.spec.service);
      if (!known || known.spec.sequence < build.spec.sequence) newest.set(build.spec.service, build);
    }
    if (newest.size === 0) return skipped(`Team ${team} has built nothing yet.`);
    const slow = [...newest.values()].slice(0, looked).flatMap(slowFinding);
    return slow.length > 0 ? slow : ok(`The newest build of each service took less than ${slowSeconds} s.`);
  },
};
