import type { Finding, FindingLevel } from '@causeway/policy';

const commands: Record<FindingLevel, string> = { error: 'error', warning: 'warning', note: 'notice' };

/** As the runner of GitHub Actions reads them: line ends and percent signs would end a command. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Workflow commands of GitHub Actions, a line each: they appear beside the lines of a change request. */
export const githubLines = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ exception }) => exception === undefined)
    .map(({ file, line, column, level, rule, message, why, instead }) => {
      const said = why === undefined ? [instead] : [`Why: ${why}`, `Instead: ${instead}`];
      const text = [message, ...said].join('\n');
      return `::${commands[level]} file=${property(file)},line=${line},col=${column},title=${property(rule)}::${data(text)}`;
    });
