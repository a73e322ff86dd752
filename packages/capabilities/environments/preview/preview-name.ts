import { createHash } from 'node:crypto';

/** Host names are made of a service, its environment and its team, so an environment’s is short. */
const longest = 40;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 4);

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** The beginning of a text, without the dash it may be cut at. */
const cut = (text: string, length: number): string => text.slice(0, Math.max(0, length)).replace(/-+$/, '');

/** A service’s name in at most so many characters; one that is cut stays apart from others by a digest. */
const shortened = (service: string, length: number): string =>
  service.length <= length ? service : `${cut(service, length - 5)}-${hash(service)}`;

/** `payments-api-cr-7`: the preview of a change request. */
export const changePreviewName = (service: string, number: number): string => {
  const end = `-cr-${number}`;
  return `${shortened(service, longest - end.length)}${end}`;
};

/** `payments-api-add-refunds-1a2b`: the preview of a branch. The digest keeps branches apart that read alike. */
export const branchPreviewName = (service: string, branch: string): string => {
  const end = `-${hash(branch)}`;
  const own = shortened(service, 22);
  const middle = cut(slug(branch), longest - own.length - end.length - 1);
  return middle === '' ? `${own}${end}` : `${own}-${middle}${end}`;
};
