/**
 * Who moved a reference, as git's reflog records it: a name and an e-mail address. git drops characters
 * such as dots and quotes from the ends of both, so the user is kept, escaped, in the address.
 */
const suffix = '@causeway';

const escaped = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map(byte =>
      /[A-Za-z0-9_@+-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .join('');

/** Environment variables with which git records `user` as the one who moves a reference. */
export const identityVariables = (user: string): Record<string, string> => ({
  GIT_COMMITTER_NAME:
    user.replace(/[\p{Cc}<>]/gu, '').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || 'somebody',
  GIT_COMMITTER_EMAIL: `${escaped(user)}${suffix}`,
});

/** The user of a reflog entry; for entries that the platform did not write, the name they carry. */
export const userOf = (name: string, email: string): string => {
  if (!email.endsWith(suffix)) return name;
  try {
    return decodeURIComponent(email.slice(0, -suffix.length));
  } catch {
    return name;
  }
};
