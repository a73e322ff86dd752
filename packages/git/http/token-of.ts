/**
 * The token of an `Authorization` header: `Bearer TOKEN`, or `Basic` with the token as password (RFC 7617,
 * RFC 6750).
 */
export const tokenOf = (authorization: string | undefined): string | undefined => {
  const [, scheme = '', value = ''] = /^(bearer|basic) +([^\s]+) *$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme === '') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 || colon === pair.length - 1 ? undefined : pair.slice(colon + 1);
};
