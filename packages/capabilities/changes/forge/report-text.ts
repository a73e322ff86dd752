import type { ForgeStatus } from '@causeway/contracts';
import {
  budgetWords,
  type ChangeRequest,
  isBeyondBudget,
  type Plan,
  type PlannedChange,
} from '@causeway/model';
import { plainMarkdown } from './plain-markdown.ts';

type Status = NonNullable<ChangeRequest['status']>;

const verbs = { create: 'creates', change: 'changes', delete: 'deletes', refuse: 'refuses' } as const;
const mostLines = 60;

/** `creates 2, deletes 1` */
export const countsOf = ({ changes }: Plan): string => {
  const counts = Object.entries(verbs).flatMap(([action, verb]) => {
    const count = changes.filter(change => change.action === action).length;
    return count === 0 ? [] : [`${verb} ${count}`];
  });
  return counts.length === 0 ? 'changes nothing' : counts.join(', ');
};

const firstProblem = ({ problems, changes }: Plan): string | undefined => {
  const [file] = problems;
  if (file) return `${file.path}${file.line === undefined ? '' : `:${file.line}`}: ${file.message}`;
  const refused = changes.find(({ action }) => action === 'refuse');
  return refused && `${refused.kind}/${refused.name}: ${refused.problems?.[0] ?? 'would be refused'}`;
};

/** What the commit’s status says. */
export const statusOf = (plan: Plan | undefined, waits: string | undefined): Omit<ForgeStatus, 'context'> => {
  if (waits !== undefined) return { state: 'pending', description: waits };
  if (!plan) return { state: 'success', description: 'Nothing here is the platform’s.' };
  if (plan.allowed) return { state: 'success', description: `Merging ${countsOf(plan)}.` };
  return { state: 'failure', description: firstProblem(plan) ?? 'It would be refused.' };
};

const signed = (amount: number): string => `${amount > 0 ? '+' : ''}${amount}`;

const lineOf = (change: PlannedChange): string[] => {
  const { action, kind, name, path, fields = [], problems = [], warnings = [], monthlyCost } = change;
  const cost = monthlyCost === undefined ? '' : `, ${signed(monthlyCost)} a month`;
  return [
    `- **${action}** ${plainMarkdown(`${kind}/${name}`)} (${plainMarkdown(path)}${cost})`,
    ...fields.slice(0, 10).map(field => `  - ${plainMarkdown(field)}`),
    ...problems.slice(0, 10).map(problem => `  - ✗ ${plainMarkdown(problem)}`),
    ...warnings.slice(0, 10).map(warning => `  - ! ${plainMarkdown(warning)}`),
  ];
};

const planLines = (plan: Plan): string[] => {
  const { allowed, changes, problems, policies, cost, quota } = plan;
  const said = changes.filter(({ action }) => action !== 'unchanged');
  const files = problems.map(
    ({ path, line, message }) =>
      `- ✗ ${plainMarkdown(`${path}${line === undefined ? '' : `:${line}`}`)}: ${plainMarkdown(message)}`,
  );
  const lines = [...files, ...said.flatMap(lineOf)];
  return [
    `${allowed ? '✔' : '✗'} **Plan** for ${plan.commit.slice(0, 10)}: merging ${countsOf(plan)}.`,
    ...(lines.length > 0 ? ['', ...lines.slice(0, mostLines)] : []),
    ...(lines.length > mostLines ? [`- … and ${lines.length - mostLines} more lines`] : []),
    '',
    allowed ? `**Policy**: allowed; ${policies} rules passed.` : '**Policy**: not as it is.',
    ...(cost
      ? [
          '',
          `${isBeyondBudget(cost) ? '⚠ ' : ''}**Cost**, estimated: ${signed(cost.monthly)} ${plainMarkdown(cost.currency)} a month; ${plainMarkdown(budgetWords(cost))}.`,
        ]
      : []),
    ...(quota.length > 0
      ? [
          '',
          `**Quota** after the merge: ${quota.map(one => `${plainMarkdown(one.kind)} ${one.used} of ${one.limit}`).join(', ')}.`,
        ]
      : []),
  ];
};

/** Who is still asked; the forge itself shows who has approved. */
const reviewLines = ({ checks = [] }: Status): string[] => {
  const review = checks.find(({ name, state }) => name === 'review' && state === 'Pending');
  return review ? ['', `**Review**: ${plainMarkdown(review.message)}.`] : [];
};

const environmentLines = (environments: NonNullable<Status['environments']>): string[] =>
  environments.length === 0
    ? []
    : [
        '',
        '| Environment | State | URL | Expires |',
        '|---|---|---|---|',
        ...environments.map(
          ({ name, state, url, expiresAt }) =>
            `| ${plainMarkdown(name)} | ${plainMarkdown(state)} | ${url === undefined ? '' : `<${encodeURI(url)}>`} | ${expiresAt ?? ''} |`,
        ),
      ];

/** The one comment: plan, verdict, environments. Markdown. */
export const commentOf = (
  { spec, status }: Pick<ChangeRequest, 'spec' | 'status'>,
  waits: string | undefined,
): string => {
  const { plan, phase, environments = [] } = status ?? {};
  const ended =
    phase === 'Merged'
      ? ['Merged: what the files say is made true now.', '']
      : phase === 'Closed'
        ? ['Closed: nothing of it is applied.', '']
        : [];
  const body =
    waits === undefined
      ? plan
        ? planLines(plan)
        : ['Nothing in this change is the platform’s.']
      : [plainMarkdown(waits)];
  return [
    `### Causeway: ${plainMarkdown(spec.service)}`,
    '',
    ...ended,
    ...body,
    ...(phase === 'Open' ? reviewLines(status ?? {}) : []),
    ...environmentLines(environments),
  ].join('\n');
};
