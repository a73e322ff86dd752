import { budgetWords, type ChangeRequest, type Check, isBeyondBudget, type Plan } from '@causeway/model';
import { ageOf } from '../output/age.ts';
import { counted } from '../output/counted.ts';
import { safeLine } from '../output/safe-line.ts';
import { renderTable } from '../output/table.ts';

const mark = { Passed: '✔', Failed: '✘', Pending: '…', Skipped: '-' } as const;
/** So much of a long list is shown; `-o json` has all. */
const shown = 20;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(line => `  ${line}`)];

const some = <T>(items: readonly T[] | undefined, total: number, line: (item: T) => string): string[] => {
  const first = (items ?? []).slice(0, shown);
  return [...first.map(line), ...(total > first.length ? [`… and ${total - first.length} more`] : [])];
};

const checkLines = ({ name, state, message }: Check): string[] => {
  const [first = '', ...rest] = message.split('\n');
  return [`${mark[state]} ${name.padEnd(8)}${first}`, ...rest.map(line => `  | ${line}`)];
};

const planRows = ({ changes, cost }: Plan): string[] => {
  const rows = changes.filter(({ action }) => action !== 'unchanged');
  if (rows.length === 0) return [];
  return renderTable(
    ['Merge would', 'What', 'File', 'Fields', ...(cost ? [`${cost.currency} a month`] : [])],
    rows
      .slice(0, shown)
      .map(({ action, kind, name, path, line, fields, monthlyCost }) => [
        action === 'refuse' ? 'be refused' : action,
        `${kind}/${name}`,
        line === undefined ? path : `${path}:${line}`,
        fields?.join('; '),
        ...(cost ? [monthlyCost?.toFixed(2)] : []),
      ]),
  ).concat(rows.length > shown ? [`… and ${rows.length - shown} more`] : []);
};

/** What policies advise, and what goes along with what is deleted. */
const warningLines = ({ changes }: Plan): string[] =>
  changes
    .flatMap(({ kind, name, warnings = [] }) => warnings.map(warning => `! ${kind}/${name}: ${warning}`))
    .slice(0, shown);

const planLines = (plan: Plan): string[] => {
  const { cost, quota, problems } = plan;
  return [
    ...problems.map(
      ({ path, line, message }) => `✘ ${path}${line === undefined ? '' : `:${line}`}: ${message}`,
    ),
    ...planRows(plan),
    ...warningLines(plan),
    ...(cost ? [`${isBeyondBudget(cost) ? '! ' : ''}estimated: ${budgetWords(cost)}`] : []),
    ...quota.map(({ kind, used, limit }) => `${kind}: ${used} of ${limit} that the team may have`),
  ];
};

const headline = ({ metadata, spec, status }: ChangeRequest): string =>
  `${metadata.name} (${status?.phase ?? 'Open'}): ${spec.title}`;

const whatItIs = ({ spec, status, metadata }: ChangeRequest, now: number): string => {
  const { size } = status ?? {};
  const large = size
    ? `, ${counted(size.commits, 'commit')}, ${counted(size.files, 'file')} (+${size.added} −${size.removed})`
    : '';
  return `${spec.author} wants ${spec.source} in ${spec.target}${large}, opened ${ageOf(metadata.creationTimestamp, now)} ago`;
};

const outcome = ({ spec, status }: ChangeRequest): string[] => {
  if (status?.merged) {
    const { by, method, commit } = status.merged;
    return [`merged by ${by} (${method}): ${spec.target} is at ${commit.slice(0, 10)} since then`];
  }
  const { mergeable } = status ?? {};
  return mergeable ? [`${mergeable.ready ? '✔' : '✘'} merge: ${mergeable.message}`] : [];
};

/** Everything about a change request as lines, what matters most first: whether it can be merged, and why not. */
export const changeLines = (change: ChangeRequest, now: number): string[] => {
  const { spec, status = {} } = change;
  const {
    checks = [],
    plan,
    commits,
    files,
    size,
    approvals = [],
    comments = [],
    environments = [],
  } = status;
  const ago = (at: string): string => `${ageOf(at, now)} ago`;
  return [
    headline(change),
    whatItIs(change, now),
    ...(spec.forge ? [`it lives in ${spec.forge.name}: ${spec.forge.url}`] : []),
    ...outcome(change),
    ...section(
      'Checks',
      status.phase === 'Open' || status.phase === undefined ? checks.flatMap(checkLines) : [],
    ),
    ...section('Plan', plan ? planLines(plan) : []),
    ...section(
      'Environments',
      environments.map(({ name, state, url, expiresAt }) =>
        [`${name} is ${state}`, url && `at ${url}`, expiresAt && `until ${expiresAt}`]
          .filter(Boolean)
          .join(', '),
      ),
    ),
    ...section(
      'Approvals',
      approvals.map(
        ({ by, at, commit }) =>
          `${by}, ${ago(at)}, for ${commit.slice(0, 10)}${commit === status.head ? '' : ' (no longer the newest commit)'}`,
      ),
    ),
    ...section('Description', spec.description?.split('\n') ?? []),
    ...section(
      'Commits',
      some(commits, size?.commits ?? 0, one => `${one.commit.slice(0, 10)} ${one.subject} (${one.author})`),
    ),
    ...section(
      'Files',
      some(files, size?.files ?? 0, ({ path, added, removed }) => `${path} (+${added} −${removed})`),
    ),
    ...section(
      'Comments',
      comments.flatMap(({ by, at, text, path, line }) => [
        `${by}, ${ago(at)}${path === undefined ? '' : `, on ${path}${line === undefined ? '' : `:${line}`}`}:`,
        ...text.split(/\r?\n/).map(one => `  ${one}`),
      ]),
    ),
  ].map(line => safeLine(line).trimEnd());
};
