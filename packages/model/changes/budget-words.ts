import type { Plan } from './plan.ts';

/** What a team costs after a merge, and what is left of its budget then. Budgets hold nothing up: they are told. */
export const budgetWords = ({ teamMonthly, budget, currency }: NonNullable<Plan['cost']>): string => {
  const costs = `the team then costs ${teamMonthly.toFixed(2)} ${currency} a month`;
  if (budget === undefined) return costs;
  const left = budget - teamMonthly;
  return left < 0
    ? `${costs}, ${(-left).toFixed(2)} beyond its budget of ${budget.toFixed(2)}`
    : `${costs}, ${left.toFixed(2)} left of its budget of ${budget.toFixed(2)}`;
};

/** Whether a merge makes a team cost more, and more than its budget. */
export const isBeyondBudget = (cost: Plan['cost']): boolean =>
  cost?.budget !== undefined && cost.monthly > 0 && cost.teamMonthly > cost.budget;
