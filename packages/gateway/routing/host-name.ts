const authorityPattern =
  /^(?:([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)\.?|(\[[0-9A-Fa-f:.]+\]))(?::\d{0,5})?$/;

/**
 * The host of an authority (`Example.COM:8080` → `example.com`), or `undefined` when the text is none
 * (RFC 9110 §7.2, `Host = uri-host [ ":" port ]`).
 */
export const hostNameOf = (authority: string): string | undefined => {
  if (authority.length > 300) return undefined;
  const match = authorityPattern.exec(authority);
  return match ? (match[1] ?? match[2])!.toLowerCase() : undefined;
};
