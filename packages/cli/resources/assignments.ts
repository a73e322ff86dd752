import { PlatformError } from '@causeway/model';

/** `NAME=value`; the value may be empty and hold more equals signs. */
export const parseAssignment = (text: string): { name: string; value: string } => {
  const equals = text.indexOf('=');
  if (equals > 0) return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  throw new PlatformError('Usage', `'${text.slice(0, 40)}' is not VAR=value.`, {
    next: 'Write it as in: platform set orders LEVEL=debug',
  });
};
