import type { Invocation } from '../invocation.ts';
import { parseAssignment } from '../resources/assignments.ts';
import { changeVariables, type VariableOptions, whereOf } from '../resources/change-variables.ts';

export const run = async (
  invocation: Invocation<VariableOptions>,
  name: string,
  assignments: readonly string[],
): Promise<void> => {
  const where = whereOf(invocation);
  await changeVariables(invocation, name, {
    set: assignments.map(text => ({ ...parseAssignment(text), ...where })),
  });
};
