import { PlatformError, parseDuration } from '@causeway/model';

/** `30d` from now, or a date, as RFC 3339. */
export const parseExpiry = (text: string, now: number): string => {
  const seconds = parseDuration(text);
  const time = seconds === undefined ? Date.parse(text) : now + seconds * 1000;
  if (Number.isNaN(time))
    throw new PlatformError('Usage', `'${text.slice(0, 40)}' is neither a time nor a duration.`, {
      next: 'Write --expires 30d or --expires 2026-12-31.',
    });
  if (time > now) return new Date(time).toISOString();
  throw new PlatformError('Usage', `${text} is over already.`, {
    next: 'Write when it is to end: --expires 30d.',
  });
};
