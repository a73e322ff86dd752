import type { PolicySubject } from '@causeway/contracts';

const fields: Readonly<Record<keyof PolicySubject['request'] | 'old', true>> = {
  operation: true,
  place: true,
  user: true,
  actor: true,
  team: true,
  environment: true,
  time: true,
  context: true,
  old: true,
};

/** What `data.request` may hold. `old` is the document as it was. */
export const requestFields: readonly string[] = Object.keys(fields);

export const requestOf = ({ old, request }: PolicySubject): Readonly<Record<string, unknown>> =>
  old ? { ...request, old } : { ...request };
