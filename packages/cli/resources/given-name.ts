import { PlatformError } from '@causeway/model';

/** A name may be an argument or `--name`, but not two different ones. */
export const givenName = (
  what: string,
  positional: string | undefined,
  option: string | undefined,
): string => {
  const name = option ?? positional;
  if (name === undefined)
    throw new PlatformError('Usage', `The ${what} needs a name.`, { next: `platform create ${what} NAME` });
  if (positional !== undefined && option !== undefined && positional !== option)
    throw new PlatformError('Usage', `Two names were given: ${positional} and ${option}.`, {
      next: 'Give one.',
    });
  return name;
};
