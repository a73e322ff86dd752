export interface Problem {
  readonly why: string;
  readonly next: string;
}

const control = /\p{Cc}/u;

/**
 * What is wrong with a file's path in a repository, if anything. Spaces, quotes, `;` and `$()` are fine:
 * nothing here or later hands a path to a shell. Paths that are no UTF-8 arrive with U+FFFD.
 */
export const pathProblem = (path: string): Problem | undefined => {
  const parts = path.split('/');
  const rename = 'Rename it with git mv, commit and push again.';
  if (control.test(path))
    return { why: 'its name holds a newline or another control character.', next: rename };
  if (path.includes('\ufffd')) return { why: 'its name is not UTF-8.', next: rename };
  if (path.startsWith('-'))
    return { why: "its name starts with '-', which programs take for an option.", next: rename };
  if (parts.some(part => part.toLowerCase() === '.git')) {
    return {
      why: "'.git' is reserved for git itself.",
      next: 'Remove it with git rm --cached, commit and push again.',
    };
  }
  if (parts.some(part => part === '' || part === '.' || part === '..')) {
    return { why: 'it is not a plain path inside the repository.', next: rename };
  }
  return undefined;
};
