import type { Call } from './call.ts';

const longest = 300;

/** Tells the client something beside the answer: a Warning header (RFC 7234, section 5.5; kubectl prints those with code 299). */
export const warn = ({ response }: Call, text: string): void => {
  const quoted = JSON.stringify(text.slice(0, longest)).replaceAll(/[^\x20-\x7e]/g, '?');
  response.appendHeader('warning', `299 - ${quoted}`);
};
