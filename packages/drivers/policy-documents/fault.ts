import { PlatformError } from '@causeway/model/errors';

/** One thing that is wrong with a policy’s text. Lines and columns count from 1. */
export interface Fault {
  readonly module: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export const whereOf = ({ module, line, column }: Fault): string => `${module}:${line}:${column}`;

/** The error of a policy that cannot be loaded: names the first fault, and holds all. */
export const policyFaults = (faults: readonly Fault[], next: string): PlatformError => {
  const [first] = faults;
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new PlatformError(
    'Invalid',
    first ? `${whereOf(first)}: ${first.message}${rest}` : 'the policy is empty',
    {
      causes: faults.map(fault => ({ field: whereOf(fault), message: fault.message })),
      next,
    },
  );
};
