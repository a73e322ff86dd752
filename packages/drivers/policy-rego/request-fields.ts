import type { PolicySubject } from '@causeway/contracts';
import type { SubjectTexts } from '../policy-documents/subject-texts.ts';

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

/** As JSON. */
export const requestOf = ({ request, old }: SubjectTexts): string =>
  old === undefined ? request : `${request.slice(0, -1)},"old":${old}}`;
