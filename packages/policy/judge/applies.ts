import type { PolicySubject } from '@causeway/contracts';
import type { PolicyMatch } from '@causeway/model';

interface Document {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: {
    readonly name?: unknown;
    readonly namespace?: unknown;
    readonly labels?: Readonly<Record<string, unknown>>;
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const nameOfSubject = ({ object }: PolicySubject): string => text((object as Document).metadata?.name);
export const kindOfSubject = ({ object }: PolicySubject): string => text((object as Document).kind);

/** The team it belongs to: as the place that asks says, or its namespace. */
export const teamOfSubject = ({ object, request }: PolicySubject): string =>
  request.team ?? text((object as Document).metadata?.namespace);

const groupOf = (apiVersion: unknown): string => {
  const parts = text(apiVersion).split('/');
  return parts.length > 1 ? (parts[0] ?? '') : '';
};

const matchesKind = (wanted: string, { apiVersion, kind }: Document): boolean => {
  if (wanted === '*') return true;
  const [first = '', second] = wanted.split('/');
  if (second === undefined) return first === kind;
  return first === groupOf(apiVersion) && (second === '*' || second === kind);
};

/** Whether a policy is asked about a subject. */
export const applies = (match: PolicyMatch, subject: PolicySubject): boolean => {
  const document = subject.object as Document;
  const { operation, environment } = subject.request;
  const team = teamOfSubject(subject);
  const labels = document.metadata?.labels ?? {};
  return (
    match.operations.includes(operation) &&
    match.kinds.some(wanted => matchesKind(wanted, document)) &&
    (!match.teams || match.teams.includes(team)) &&
    !match.exceptTeams?.includes(team) &&
    (!match.environments || (environment !== undefined && match.environments.includes(environment))) &&
    Object.entries(match.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
};
