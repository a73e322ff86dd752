import { PlatformError } from '@causeway/model';

const part = /^[A-Za-z0-9_.-]{1,100}$/;

/** Where a repository lies in the API. Throws `Invalid` for what no forge has as a name, before it becomes part of an address. */
export const repositoryPath = (repository: string): string => {
  const parts = repository.split('/');
  if (parts.length !== 2 || !parts.every(one => part.test(one) && one !== '.' && one !== '..'))
    throw new PlatformError('Invalid', `${repository.slice(0, 200)} is no OWNER/NAME of a repository`);
  return `/repos/${repository}`;
};
