import {
  type Build,
  type BuildStep,
  type FailureReport,
  productionEnvironment,
  type Rollout,
  type Service,
} from '@causeway/model';
import { webProcess } from '../rollout/replica-plan.ts';

/** What became of a push or deploy, for the one who waits for it. */
export interface Story {
  /** `undefined` while it goes on. */
  readonly outcome?: 'serving' | 'failed' | 'superseded' | 'unbuilt';
  readonly lines: readonly string[];
}

const seconds = (from: string | undefined, to: string | undefined): string =>
  from && to ? ` (${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(2)} s)` : '';

const mark = { Succeeded: '✔', Failed: '✘', Skipped: '-', Running: '…' } as const;

const stepLine = (step: BuildStep): string =>
  `  ${mark[step.state]} ${step.name.padEnd(9)}${step.message ?? ''}${step.state === 'Skipped' ? '' : seconds(step.startedAt, step.finishedAt)}`;

/** What the policies said: how many rest in it, and a line for each thing that they advise. */
const policyLines = ({ status }: Build): string[] => {
  const { passed = 0, excepted = 0, warnings = [] } = status?.policy ?? {};
  const rules = `${passed} ${passed === 1 ? 'rule' : 'rules'} passed`;
  const said = excepted > 0 ? `${rules}, ${excepted} excepted` : rules;
  return [
    ...(passed + excepted > 0 && status?.phase === 'Succeeded' ? [`  ✔ ${'policy'.padEnd(9)}${said}`] : []),
    ...warnings.map(warning => `  ! ${warning}`),
  ];
};

/** `log` is how to read all that was printed. A step that has said the same is not repeated. */
const failureLines = (failure: FailureReport, log: string, steps: readonly BuildStep[] = []): string[] => [
  ...(steps.some(({ state, message }) => state === 'Failed' && message === failure.message)
    ? []
    : [`  ✘ ${failure.message}`]),
  ...failure.evidence.map(line => `    | ${line}`),
  `    next: ${failure.next}`,
  `    log:  ${log}`,
];

const logCommand = ({ metadata }: Service, release: string, option = ''): string =>
  `platform logs ${metadata.name} --team ${metadata.namespace}${option} --release ${release.slice(metadata.name.length + 1)}`;

/** What became of a release in one environment. */
const rolloutLines = (rollout: Rollout, { name, sequence, url, service, where }: Destination): Story => {
  const { serving, failed } = rollout.status ?? {};
  const wanted = rollout.spec;
  if (wanted.release !== name && serving?.release !== name) {
    if (wanted.sequence > sequence)
      return {
        outcome: 'superseded',
        lines: [`  - superseded by ${wanted.release}, which is released instead${where}`],
      };
    if (wanted.pin && wanted.pin.sequence >= sequence)
      return {
        outcome: 'superseded',
        lines: [`  - not released${where}: ${wanted.release} was pinned by a rollback of ${wanted.pin.by}`],
      };
    return { lines: [] };
  }
  if (serving?.release === name)
    return {
      outcome: 'serving',
      lines: [`  ✔ serving  ${url ?? `${name}${where}; it has no web process, so no address`}`],
    };
  if (failed?.release === name)
    return {
      outcome: 'failed',
      lines: [
        ...failureLines(failed.failure, logCommand(service, name)),
        ...(serving ? [`    ${serving.release} goes on serving${where}.`] : []),
      ],
    };
  return { lines: [] };
};

interface Destination {
  readonly service: Service;
  readonly name: string;
  readonly sequence: number;
  /** Not set: nothing of it answers. */
  readonly url: string | undefined;
  /** ` in staging`, where there is more than production. */
  readonly where: string;
}

/** Where a service answers in an environment, and what is wanted there. */
export interface Places {
  rollout(environment: string): Rollout | undefined;
  url(environment: string): string;
}

const nowhereLine = (service: Service, name: string): string =>
  `  - ${name} waits: no environment takes pushes. Next: platform promote ${service.metadata.name} --release ${name} --to ENVIRONMENT`;

/** The environments one after another, so that the same lines always come first. */
const placeLines = (service: Service, build: Build, places: Places): Story => {
  const { name } = build.metadata;
  const targets = build.status?.environments ?? [{ name: productionEnvironment }];
  const alone = targets.length === 1 && targets[0]?.name === productionEnvironment;
  const lines: string[] = targets.length === 0 ? [nowhereLine(service, name)] : [];
  const { processes } = build.status?.artifact ?? {};
  const answers = processes === undefined || webProcess in processes;
  const outcomes = new Set<Story['outcome']>(targets.length === 0 ? ['superseded'] : []);
  for (const { name: environment, refused } of targets) {
    const rollout = places.rollout(environment);
    const where = alone ? '' : ` in ${environment}`;
    const { sequence } = build.spec;
    const story: Story = refused
      ? { outcome: 'failed', lines: failureLines(refused, `platform describe build ${name}`) }
      : rollout
        ? rolloutLines(rollout, {
            service,
            name,
            sequence,
            url: answers ? places.url(environment) : undefined,
            where,
          })
        : { lines: [] };
    lines.push(...story.lines);
    if (!story.outcome) return { lines };
    outcomes.add(story.outcome);
  }
  const outcome = (['failed', 'serving', 'superseded'] as const).find(one => outcomes.has(one));
  return { ...(outcome ? { outcome } : {}), lines };
};

/** The story of one push as it stands now: always the same lines first, more as it goes on. */
export const tellStory = (
  service: Service,
  build: Build | undefined,
  places: Places,
  name: string,
): Story => {
  const steps = build?.status?.steps ?? [];
  const done = [
    ...steps.filter(step => step.state !== 'Running').map(stepLine),
    ...(build ? policyLines(build) : []),
  ];
  const phase = build?.status?.phase;
  if (phase === 'Superseded')
    return {
      outcome: 'superseded',
      lines: [
        ...done,
        `  - superseded by ${build?.status?.supersededBy ?? 'a newer push'}, which is released instead`,
      ],
    };
  if (phase === 'Failed' && build?.status?.failure)
    return {
      outcome: 'failed',
      lines: [...done, ...failureLines(build.status.failure, logCommand(service, name, ' --build'), steps)],
    };
  if (phase !== 'Succeeded' || !build?.status?.environments) return { lines: done };
  const end = placeLines(service, build, places);
  return { ...end, lines: [...done, ...end.lines] };
};
