/**
 * The whole environment of a git process. Nothing of the caller's is passed on but PATH, so neither
 * the configuration of whoever runs the platform nor a stray GIT_DIR changes what git does.
 * `settings` are configuration for this process only; they outrank the repository's own.
 */
export const gitEnvironment = (
  settings: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  // Repositories may lie under another uid than ours (a restored backup, root running the server).
  const configuration = Object.entries({ 'safe.directory': '*', ...settings });
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...variables,
    GIT_CONFIG_COUNT: String(configuration.length),
    ...Object.fromEntries(
      configuration.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
};
