import type { Environment, EnvironmentRequest } from '@causeway/model';
import { endInWords } from './words.ts';

export interface Listed {
  readonly request: EnvironmentRequest | undefined;
  readonly environment: Environment | undefined;
}

/** Requests with what was made from them, and environments that nobody asked for with one; by team and name. */
export const pairsOf = (
  requests: readonly EnvironmentRequest[],
  environments: readonly Environment[],
): Listed[] => {
  const placeOf = ({ metadata }: EnvironmentRequest | Environment) =>
    `${metadata.namespace}/${metadata.name}`;
  const byPlace = new Map<string, Listed>();
  for (const request of requests) byPlace.set(placeOf(request), { request, environment: undefined });
  for (const environment of environments) {
    const place = placeOf(environment);
    byPlace.set(place, { request: byPlace.get(place)?.request, environment });
  }
  return [...byPlace.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
};

export const environmentHeaders = ['Name', 'Phase', 'Services', 'URL', 'Expires', 'Owner'];

/** How many of its services serve. */
const servicesOf = ({ request, environment }: Listed): string => {
  const { progress = [] } = (request ?? environment)?.status ?? {};
  const wanted = (request ?? environment)?.spec.services?.length ?? 0;
  if (environment?.spec.type === 'standing') return String(environment.status?.services ?? 0);
  return `${progress.filter(({ step }) => step === 'Serving').length}/${wanted}`;
};

const urlsOf = (urls: Readonly<Record<string, string>>): string => {
  const [first, ...more] = Object.values(urls);
  if (first === undefined) return '';
  return more.length > 0 ? `${first} (+${more.length})` : first;
};

export const environmentRow = (listed: Listed, now: number): unknown[] => {
  const { request, environment } = listed;
  const subject = request ?? environment;
  const status = subject?.status;
  const isGone = status?.phase === 'Gone';
  return [
    subject?.metadata.name,
    status?.phase ?? 'Provisioning',
    isGone ? '' : servicesOf(listed),
    isGone ? '' : urlsOf(status?.urls ?? {}),
    isGone ? '' : endInWords(status?.expiresAt, now),
    subject?.metadata.namespace,
  ];
};
