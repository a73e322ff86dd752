import type { Condition, FailureReport, KindObject } from '@causeway/model';
import { stringify } from 'yaml';
import { ageOf } from '../output/age.ts';
import { safeLine } from '../output/safe-line.ts';
import { renderTable } from '../output/table.ts';

/** A table of other objects that belong to the described one. */
export interface RelatedTable {
  readonly title: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What is shown of a core/v1 Event. */
export interface ShownEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly lastTimestamp: string;
}

export interface Described {
  readonly object: KindObject;
  readonly related: readonly RelatedTable[];
  readonly events: readonly ShownEvent[];
}

const indent = (lines: readonly string[]): string[] => lines.map(line => (line === '' ? '' : `  ${line}`));

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...indent(lines)];

const yamlLines = (value: unknown): string[] => {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0))
    return [];
  return stringify(value, { lineWidth: 0 }).trimEnd().split('\n');
};

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

const failureLines = ({ code, message, evidence, next }: FailureReport): string[] => [
  `${code}: ${message}`,
  ...evidence.map(line => `| ${line}`),
  `next: ${next}`,
];

const eventLines = (events: readonly ShownEvent[], now: number): string[] =>
  events.length === 0
    ? []
    : renderTable(
        ['Last seen', 'Type', 'Reason', 'Times', 'Message'],
        events.map(one => [ageOf(one.lastTimestamp, now), one.type, one.reason, one.count, one.message]),
      );

const mapLines = (map: Readonly<Record<string, string>> | undefined): string[] =>
  Object.entries(map ?? {}).map(
    ([name, value]) => `${name}: ${value.length > 200 ? `${value.slice(0, 200)}…` : value}`,
  );

/** Everything about an object as lines, what matters most first: why it is not ready, then the rest. */
export const describeLines = ({ object, related, events }: Described, now: number): string[] => {
  const { metadata, kind, spec, status = {} } = object;
  const {
    conditions = [],
    failure,
    ...rest
  } = status as {
    conditions?: Condition[];
    failure?: FailureReport;
  } & Record<string, unknown>;
  return [
    `${kind} ${metadata.name}${metadata.namespace ? ` of team ${metadata.namespace}` : ''}, created ${ageOf(metadata.creationTimestamp, now)} ago`,
    ...(metadata.deletionTimestamp
      ? [
          `being deleted for ${ageOf(metadata.deletionTimestamp, now)}; waits for: ${metadata.finalizers?.join(', ') ?? 'nothing'}`,
        ]
      : []),
    ...section('Failure', failure ? failureLines(failure) : []),
    ...section('Conditions', conditionLines(conditions, now)),
    ...section('Status', yamlLines(rest)),
    ...section('Spec', yamlLines(spec)),
    ...section('Labels', mapLines(metadata.labels)),
    ...section('Annotations', mapLines(metadata.annotations)),
    ...related.flatMap(({ title, headers, rows }) => section(title, renderTable(headers, rows))),
    ...section('Events', eventLines(events, now)),
  ].map(safeLine);
};
