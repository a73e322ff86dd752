import type { Condition, EnvironmentServiceStatus, Rollout } from '@causeway/model';
import { ageOf } from '../output/age.ts';
import { safeLine } from '../output/safe-line.ts';
import { renderTable } from '../output/table.ts';
import type { ShownEvent } from '../resources/description.ts';
import { type FoundEnvironment, subjectOf } from './find-environment.ts';
import { endInWords, timeInWords, tookInWords } from './words.ts';

export interface DescribedEnvironment extends FoundEnvironment {
  readonly events: readonly ShownEvent[];
  /** `--team`, where it was given: what to do next needs it as well. */
  readonly givenTeam?: string | undefined;
  /** What runs in a standing one, which tells of no progress. */
  readonly rollouts?: readonly Rollout[];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(line => `  ${line}`)];

const facts = (rows: readonly (readonly [string, string | undefined])[]): string[] => {
  const known = rows.filter(([, text]) => text !== undefined && text !== '');
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
};

const failureLines = ({ name, failure }: EnvironmentServiceStatus): string[] =>
  failure
    ? [
        `${name}: ${failure.message}`,
        ...failure.evidence.map(line => `  | ${line}`),
        `  next: ${failure.next}`,
      ]
    : [];

const progressLines = (progress: readonly EnvironmentServiceStatus[], now: number): string[] =>
  progress.length === 0
    ? []
    : renderTable(
        ['Service', 'Step', 'Since', 'Commit', 'URL', 'Message'],
        progress.map(one => [
          one.name,
          one.step,
          ageOf(one.since, now),
          one.commit?.slice(0, 8),
          one.url,
          one.message,
        ]),
      );

const rolloutLines = (rollouts: readonly Rollout[]): string[] =>
  rollouts.length === 0
    ? []
    : renderTable(
        ['Service', 'Phase', 'Release', 'Wanted'],
        rollouts.map(({ spec, status }) => [
          spec.service,
          status?.phase,
          status?.serving?.release,
          spec.release === status?.serving?.release ? undefined : spec.release,
        ]),
      );

const conditionLines = (conditions: readonly Condition[], now: number): string[] =>
  conditions.length === 0
    ? []
    : renderTable(
        ['Type', 'Status', 'Reason', 'Since', 'Message'],
        conditions.map(one => [
          one.type,
          one.status,
          one.reason,
          ageOf(one.lastTransitionTime, now),
          one.message,
        ]),
      );

const eventLines = (events: readonly ShownEvent[], now: number): string[] =>
  events.length === 0
    ? []
    : renderTable(
        ['Last seen', 'Type', 'Reason', 'Times', 'Message'],
        events.map(one => [ageOf(one.lastTimestamp, now), one.type, one.reason, one.count, one.message]),
      );

/** What there is to do about an environment as it is. */
const nextOf = (found: DescribedEnvironment): string[] => {
  const { name, environment, givenTeam } = found;
  const { phase } = subjectOf(found).status ?? {};
  const team = givenTeam === undefined ? '' : ` --team ${givenTeam}`;
  if (phase === 'Gone') return [`platform env recreate ${name}${team}`];
  if (phase === 'Refused' || environment === undefined || environment.spec.type === 'standing') return [];
  return [
    ...(phase === 'Asleep' ? [`platform env wake ${name}${team}`] : []),
    ...(phase === 'Degraded' ? [`platform env retry ${name}${team}`] : []),
    `platform env extend ${name} --by 7d${team}`,
    `platform env delete ${name}${team}`,
  ];
};

/** An environment for people: how it is and until when, then each service, then what was told. */
export const environmentLines = (found: DescribedEnvironment, now: number): string[] => {
  const subject = subjectOf(found);
  const { metadata, spec, status = {} } = subject;
  const { phase, progress = [], conditions = [], expiresAt, readyAfterMs, urls = {} } = status;
  const gone = found.request?.status?.gone;
  const annotations = metadata.annotations ?? {};
  const { schedule } = spec;
  const standing = found.environment?.spec.type === 'standing' ? found.environment : undefined;
  const from = annotations['causeway.dev/source-path'];
  return [
    `Environment ${metadata.name} of team ${metadata.namespace}: ${phase ?? 'Provisioning'}`,
    ...facts([
      ['Purpose', spec.purpose],
      ['Description', spec.description],
      ['Asked for', `${ageOf(metadata.creationTimestamp, now)} ago`],
      ['From', from && `${from} in the repository ${annotations['causeway.dev/source'] ?? ''}`.trimEnd()],
      [
        'Ready',
        readyAfterMs === undefined ? undefined : `${tookInWords(readyAfterMs)} after it was asked for`,
      ],
      [
        'Gone',
        gone &&
          `${timeInWords(gone.at)}: ${gone.reason === 'Expired' ? 'its time was over' : 'it was deleted'}`,
      ],
      [
        'Expires',
        gone || !expiresAt ? undefined : `${endInWords(expiresAt, now)} (${timeInWords(expiresAt)})`,
      ],
      ['Deploys', standing?.spec.deploys === 'promotion' ? 'by promotion' : standing && 'with each push'],
      ['Gates', standing?.spec.gates?.map(({ name }) => name).join(', ')],
      ['Region', spec.region],
      ['Data', spec.dataClassification],
      ['Size', spec.size],
      [
        'Sleeps',
        schedule && `from ${schedule.sleepAt} to ${schedule.wakeAt} ${schedule.timeZone ?? ''}`.trimEnd(),
      ],
    ]),
    ...section('Services', progressLines(progress, now)),
    ...section('Services', progress.length === 0 ? rolloutLines(found.rollouts ?? []) : []),
    ...(progress.length === 0
      ? section(
          'Addresses',
          Object.entries(urls).map(([name, url]) => `${name}: ${url}`),
        )
      : []),
    ...section('Failures', progress.flatMap(failureLines)),
    ...section('Conditions', conditionLines(conditions, now)),
    ...section('Events', eventLines(found.events, now)),
    ...section('Next', nextOf(found)),
  ].map(safeLine);
};
