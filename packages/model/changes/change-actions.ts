import { z } from 'zod';
import { mergeMethods } from './change-request.ts';

const noControl = /^\P{Cc}*$/u;
/** Lines and tabs are text; what moves a terminal’s cursor is not. */
const text = /^(?:\P{Cc}|[\n\r\t])*$/u;

export const ChangeTitle = z
  .string()
  .max(300)
  .regex(/\S/, 'must say something')
  .regex(noControl, 'must be one line without control characters');

const Branch = z.string().min(1, 'must name a branch').max(200).regex(noControl, 'must be a branch name');

const Words = z.string().regex(text, 'must be text without control characters');

/** The body of `POST …/services/NAME/change`. */
export const OpenChange = z.strictObject({
  source: Branch,
  target: Branch.optional(),
  title: ChangeTitle.optional(),
  description: Words.max(65_536).optional(),
});
export type OpenChange = z.infer<typeof OpenChange>;

/** The body of `POST …/changerequests/NAME/approve`. */
export const ApproveChange = z.strictObject({
  /** What was looked at; when the branch is elsewhere by now, it is not approved. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'must be a commit id')
    .optional(),
  comment: Words.max(16_384).optional(),
});

/** The body of `POST …/changerequests/NAME/comment`. */
export const CommentOnChange = z.strictObject({
  text: Words.min(1, 'must say something').max(16_384),
  path: z.string().min(1).max(4096).optional(),
  line: z.int().min(1).max(100_000_000).optional(),
});

/** The body of `POST …/changerequests/NAME/merge`. */
export const MergeChange = z.strictObject({
  method: z.enum(mergeMethods).default('merge'),
});

export const NoWords = z.strictObject({});
