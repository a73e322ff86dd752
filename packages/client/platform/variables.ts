import { PlatformError, productionEnvironment, type Variable, VariableName } from '@causeway/model';

/** Which variables of a service to set and to remove. Without an environment: the value for all. */
export interface VariableChanges {
  readonly set?: readonly Variable[];
  readonly unset?: readonly Pick<Variable, 'name' | 'environment'>[];
}

const same = (
  one: Pick<Variable, 'name' | 'environment'>,
  other: Pick<Variable, 'name' | 'environment'>,
): boolean => one.name === other.name && one.environment === other.environment;

const checkName = (name: string): void => {
  if (!VariableName.safeParse(name).success)
    throw new PlatformError('Invalid', `${JSON.stringify(name)} cannot be the name of a variable.`, {
      next: 'Use letters, digits and _, not starting with a digit.',
    });
};

/** The variables after the changes, in their order; new ones come last. Throws `NotFound` for one to remove that is not set. */
export const changedVariables = (
  variables: readonly Variable[],
  { set = [], unset = [] }: VariableChanges,
): Variable[] => {
  for (const { name } of set) checkName(name);
  for (const one of unset)
    if (!variables.some(known => same(known, one)))
      throw new PlatformError(
        'NotFound',
        `${one.name} is not set${one.environment ? ` for ${one.environment}` : ''}.`,
        {
          evidence: [`set are: ${variables.map(describe).join(', ') || 'none'}`],
          next: 'Name one of those.',
        },
      );
  const kept = variables
    .filter(known => !unset.some(one => same(known, one)))
    .map(known => set.findLast(one => same(known, one)) ?? known);
  const added = new Map(
    set
      .filter(one => !kept.some(known => same(known, one)))
      .map(one => [`${one.environment ?? ''} ${one.name}`, one]),
  );
  return [...kept, ...added.values()];
};

const describe = ({ name, environment }: Variable): string =>
  environment ? `${name} (${environment})` : name;

/** What processes in production get to see: whether a change restarts them. */
export const productionValues = (variables: readonly Variable[]): string => {
  const values = new Map<string, string>();
  for (const one of variables) if (one.environment === undefined) values.set(one.name, one.value);
  for (const one of variables) if (one.environment === productionEnvironment) values.set(one.name, one.value);
  return JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
};
