import type { PlatformService } from '@causeway/client';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';

/** The variables of a service as they now are. */
export const printVariables = async (
  { output }: Invocation,
  { object, name }: PlatformService,
): Promise<void> => {
  const { variables } = object.spec;
  if (output.machine) return output.document(variables);
  if (variables.length === 0) return output.note(`${name} has no variables.`);
  const rows = variables.map(one => [one.name, one.environment ?? 'all', one.value]);
  printTable(output, ['Variable', 'Environment', 'Value'], rows);
};
