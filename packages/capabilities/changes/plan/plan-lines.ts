import { budgetWords, isBeyondBudget, type Plan, type PlannedChange } from '@causeway/model';

const signs = { create: '+', change: '~', delete: '-', unchanged: '=', refuse: '✘' } as const;

const amount = (value: number, currency: string): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)} ${currency} a month`;

const place = ({ path, line }: { readonly path: string; readonly line?: number | undefined }): string =>
  line === undefined ? path : `${path}:${line}`;

const indented = (text: string, by: string): string[] => text.split('\n').map(line => `${by}${line}`);

const changeLines = (change: PlannedChange, currency: string | undefined): string[] => {
  const { action, kind, name, fields = [], problems = [], warnings = [], monthlyCost } = change;
  const cost =
    monthlyCost === undefined || currency === undefined ? '' : `  ${amount(monthlyCost, currency)}`;
  const what = fields.length > 0 ? `  ${fields.slice(0, 3).join('; ')}` : '';
  return [
    `${signs[action]} ${action === 'refuse' ? 'refused ' : ''}${kind}/${name} (${place(change)})${what}${cost}`,
    ...problems.flatMap(problem => indented(problem, '    ')),
    ...warnings.flatMap(warning => indented(`! ${warning}`, '    ')),
  ];
};

const costLines = ({ cost }: Plan): string[] => {
  if (!cost || cost.monthly === 0) return [];
  const mark = isBeyondBudget(cost) ? '! ' : '';
  return [`${mark}cost  ${amount(cost.monthly, cost.currency)}; ${budgetWords(cost)}`];
};

const mostLines = 60;

/** A plan for a terminal: what is wrong with the files, then object by object what would happen, and what it costs. */
export const planLines = (plan: Plan): string[] => {
  const doing = plan.changes.filter(
    ({ action, warnings = [] }) => action !== 'unchanged' || warnings.length > 0,
  );
  const lines = [
    ...plan.problems.map(problem => `✘ ${place(problem)}: ${problem.message}`),
    ...doing.flatMap(change => changeLines(change, plan.cost?.currency)),
    ...(plan.notes ?? []).map(note => `! ${place(note)}: ${note.message}`),
  ];
  const shown =
    lines.length > mostLines
      ? [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} lines more`]
      : lines;
  return [...shown, ...costLines(plan)];
};
