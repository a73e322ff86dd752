import type { Invocation } from '../invocation.ts';
import { changeVariables, type VariableOptions, whereOf } from '../resources/change-variables.ts';

export const run = async (
  invocation: Invocation<VariableOptions>,
  name: string,
  names: readonly string[],
): Promise<void> => {
  const where = whereOf(invocation);
  await changeVariables(invocation, name, { unset: names.map(one => ({ name: one, ...where })) });
};
