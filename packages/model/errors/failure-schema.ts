import { z } from 'zod';
import { catalogue, type ErrorCode } from './catalogue.ts';

const codes = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];

/** A failure in a status: what, evidence, what to do next. */
export const FailureSchema = z.object({
  code: z.enum(codes),
  message: z.string(),
  evidence: z.array(z.string()),
  next: z.string(),
});
