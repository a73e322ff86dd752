import { PlatformError } from '@causeway/model';

/** What repositories elsewhere may be reached by. */
export const remoteProtocols = ['https', 'http', 'ssh', 'git', 'file'] as const;
export type RemoteProtocol = (typeof remoteProtocols)[number];

/** Whom to be for addresses that begin so. */
export interface RemoteCredential {
  /** Such as `https://github.com/acme`: that, and all below it. */
  readonly url: string;
  readonly username: string;
  /** Whether the sources of a team may use it for this address. */
  allows(team: string, url: URL): boolean;
  /** Asked for at each fetch, so that it can change. */
  password(): Promise<string>;
}

const invalid = (message: string, next: string): PlatformError =>
  new PlatformError('Invalid', message, { next });

/** Percent-encoded as it should be, and without what moves a terminal’s cursor. */
const isPlain = (text: string): boolean => {
  try {
    return !/\p{Cc}/u.test(decodeURI(text));
  } catch {
    return false;
  }
};

/** The address, if it may be fetched from here. It holds nothing that git could take for something else, and no secret. */
export const checkedUrl = (text: string, allowed: readonly RemoteProtocol[]): URL => {
  if (!URL.canParse(text)) throw invalid('The address is not a URL.', 'Write it as https://HOST/PATH.git.');
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  if (!allowed.includes(protocol as RemoteProtocol))
    throw invalid(
      `Repositories are not read by ${protocol} here.`,
      `Use ${allowed.join(', ')}, or have who runs the platform allow it in sources.protocols.`,
    );
  if (url.password !== '' || (url.username !== '' && protocol !== 'ssh'))
    throw invalid(
      'The address holds a user or a password, which everyone could read.',
      'Leave them out: who runs the platform sets them in sources.credentials.',
    );
  if (url.username.startsWith('-') || url.hostname.startsWith('-') || !isPlain(text))
    throw invalid('The address is not one of a repository.', 'Write it as https://HOST/PATH.git.');
  return url;
};

/** The credential for a team’s address: of those that it may use the longest that it is below. */
export const credentialFor = (
  team: string,
  url: URL,
  credentials: readonly RemoteCredential[],
): RemoteCredential | undefined =>
  credentials
    .filter(({ url: prefix }) => {
      const base = new URL(prefix);
      const path = base.pathname.replace(/\/+$/, '');
      return base.origin === url.origin && (url.pathname === path || url.pathname.startsWith(`${path}/`));
    })
    .filter(credential => credential.allows(team, url))
    .sort((a, b) => b.url.length - a.url.length)[0];
