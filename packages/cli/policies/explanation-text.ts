import type { ExplainedDecision, Explanation } from '@causeway/policy';
import type { Output, Paint } from '../output/output.ts';
import { safeLine } from '../output/safe-line.ts';

const marks: Record<ExplainedDecision['result'] | 'against', readonly [Paint, string, string]> = {
  pass: ['green', '✔', 'has nothing against it'],
  warn: ['yellow', '!', 'advises against it'],
  fail: ['red', '✘', 'is against it'],
  against: ['yellow', '!', 'is against it'],
  error: ['red', '✘', 'could not be evaluated'],
  skip: ['dim', '·', 'is against it, and excepted'],
};

const consequences: Record<ExplainedDecision['action'], string> = {
  draft: 'a draft: nothing follows',
  audit: 'audit: it is reported, no more',
  warn: 'warn: it is told, no more',
  deny: 'deny: it is refused',
};

const decisionLines = ({
  findings,
  error,
  why,
  instead,
  documentation,
  result,
  trace = [],
}: ExplainedDecision): string[] => [
  ...(error === undefined ? [] : [`    ${error}`]),
  ...findings.map(
    ({ rule, level, message, exception }) =>
      `    ${level} [${rule}]: ${message}${exception === undefined ? '' : ` (excepted by ${exception})`}`,
  ),
  ...(result === 'pass' ? [] : [`    Why: ${why}`, `    Instead: ${instead}`]),
  ...(result === 'pass' || documentation === undefined ? [] : [`    More: ${documentation}`]),
  ...trace.map(line => `    | ${line}`),
];

/** What each policy said, with its trace; then those that were not asked. */
export const printExplanation = (
  output: Output,
  { object, allowed, decisions, notAsked }: Explanation,
): void => {
  const { kind, name, team } = object;
  const whose = team === '' ? '' : ` of team ${team}`;
  output.line(
    output.paint('bold', safeLine(`${kind}/${name}${whose} is ${allowed ? 'allowed' : 'refused'}.`)),
  );
  for (const decision of decisions) {
    const { policy, title, result, action, microseconds } = decision;
    const [paint, mark, says] = marks[result === 'fail' && action !== 'deny' ? 'against' : result];
    const follows = result === 'pass' || result === 'skip' ? '' : `; ${consequences[action]}`;
    const named = title === undefined ? policy : `${policy} (${title})`;
    output.line(`${output.paint(paint, mark)} ${safeLine(`${named} ${says}${follows}, ${microseconds} µs`)}`);
    for (const line of decisionLines(decision).flatMap(text => text.split('\n'))) output.line(safeLine(line));
  }
  for (const { policy, reason } of notAsked) output.line(safeLine(`- ${policy} was not asked: ${reason}`));
};
