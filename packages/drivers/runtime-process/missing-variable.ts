/** Upper case only: in lower case it is rather a key of a configuration file. */
const name = '([A-Z][A-Z0-9_]{1,127})';
const named = `[\`'"<(\\[]?\\$?\\{?${name}\\}?[\`'">)\\]]?`;
const environment = '(?i:env(?:ironment)?(?:[ -]?var(?:iable)?s?)?)';
const isMissing =
  '(?i:(?:is |are |was )?(?:not (?:set|defined|found|provided|specified)|missing|required|undefined|unset)|must be (?:set|defined|provided))';

/**
 * How programs say that a variable is not set. Each pattern needs the word "environment", a name with an underscore, or a
 * form that is used for nothing else: a wrong guess sends people the wrong way.
 */
const patterns: readonly RegExp[] = [
  // Python: os.environ['X'], if the traceback goes through it.
  new RegExp(`^KeyError: '${name}'$`),
  // environment variable X is not set
  new RegExp(`\\b${environment} ${named} ${isMissing}`),
  // X environment variable is required
  new RegExp(`(?:^|[\\s:([])${named} ${environment} ${isMissing}`),
  // missing required environment variable: X; set the environment variable X
  new RegExp(
    `\\b(?i:missing|required?|requires|undefined|unset|set)(?i: (?:the|an?|required|mandatory|missing|following))* ${environment}(?i: is missing| not set)?\\s*[:=-]?\\s*${named}(?:\\W|$)`,
  ),
  // X_Y is not set
  /(?:^|[\s:([`'"$])([A-Z][A-Z0-9]*_[A-Z0-9_]+)[`'")\]]? (?i:(?:is )?(?:not (?:set|defined)|unset)|is (?:required|missing)|must be (?:set|defined))/,
  // POSIX shells: ${X:?} and set -u
  new RegExp(`^[^\\s:]*sh: (?:line )?\\d+: ${name}: (?:parameter (?:null or )?not set|unbound variable)`),
  // Ruby: ENV.fetch('X')
  new RegExp(`key not found: "${name}" \\(KeyError\\)`),
  // Spring
  new RegExp(`Could not resolve placeholder '${name}' in value`),
];

const isFromEnvironment = (before: readonly string[]): boolean =>
  before.slice(-12).some(line => /\benviron\b|<frozen os>|\/os\.py", line/.test(line));

/** Last lines of a program that ended → the variable it missed and the line that says so. */
export const findMissingVariable = (
  lines: readonly string[],
): { readonly name: string; readonly line: string } | undefined => {
  for (const [at, raw] of lines.entries()) {
    const line = raw.trim().slice(0, 1000);
    const found = patterns.map(pattern => pattern.exec(line)?.[1]).find(match => match !== undefined);
    if (found === undefined) continue;
    if (line.startsWith('KeyError') && !isFromEnvironment(lines.slice(0, at))) continue;
    return { name: found, line };
  }
  return undefined;
};
