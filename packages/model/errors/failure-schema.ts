import { z } from 'zod';
import { catalogue, type ErrorCode } from './catalogue.ts';

const codes = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];

/** A failure in a status: what, evidence, what to do next. */
export const FailureSchema = z.object({
  code: z.enum(codes).meta({ description: 'The code in the error catalogue.' }),
  message: z.string().meta({ description: 'What failed and why.' }),
  evidence: z.array(z.string()).meta({ description: 'What shows it: the last lines, an exit code, a path.' }),
  next: z.string().meta({ description: 'What to do now.' }),
});
