import type { Build, BuildStep, FailureReport, Rollout, Service } from '@causeway/model';

/** What became of a push or deploy, for the one who waits for it. */
export interface Story {
  /** `undefined` while it goes on. */
  readonly outcome?: 'serving' | 'failed' | 'superseded';
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

const rolloutLines = (rollout: Rollout, name: string, service: Service): Story => {
  const { serving, failed } = rollout.status ?? {};
  if (serving?.release === name)
    return { outcome: 'serving', lines: [`  ✔ serving  ${service.status?.url ?? ''}`] };
  if (failed?.release === name)
    return {
      outcome: 'failed',
      lines: [
        ...failureLines(failed.failure, logCommand(service, name)),
        ...(serving ? [`    ${serving.release} goes on serving.`] : []),
      ],
    };
  return { lines: [] };
};

/** The story of one push as it stands now: always the same lines first, more as it goes on. */
export const tellStory = (
  service: Service,
  build: Build | undefined,
  rollout: Rollout | undefined,
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
  if (phase !== 'Succeeded' || !rollout) return { lines: done };
  const wanted = rollout.spec;
  const sequence = build?.spec.sequence ?? 0;
  if (wanted.release !== name && rollout.status?.serving?.release !== name) {
    if (wanted.sequence > sequence)
      return {
        outcome: 'superseded',
        lines: [...done, `  - superseded by ${wanted.release}, which is released instead`],
      };
    if (wanted.pin && wanted.pin.sequence >= sequence)
      return {
        outcome: 'superseded',
        lines: [...done, `  - not released: ${wanted.release} was pinned by a rollback of ${wanted.pin.by}`],
      };
    return { lines: done };
  }
  const end = rolloutLines(rollout, name, service);
  return { ...end, lines: [...done, ...end.lines] };
};
