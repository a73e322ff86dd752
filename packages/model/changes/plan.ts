import { z } from 'zod';

/** What the merge of a change would do to one object. */
export const PlannedChange = z.object({
  action: z.enum(['create', 'change', 'delete', 'unchanged', 'refuse']).meta({
    description: 'refuse: it would not be taken; problems says why.',
  }),
  kind: z.string().meta({ description: 'The kind of the object.' }),
  name: z.string().meta({ description: 'Its name.' }),
  path: z
    .string()
    .meta({ description: 'The file that says so; of a deletion the file that no longer does.' }),
  line: z.int().optional().meta({ description: 'Where in the file its document begins, from 1.' }),
  fields: z
    .array(z.string())
    .optional()
    .meta({ description: 'Of a change, what is other: spec.replicas: 1 → 2.' }),
  problems: z.array(z.string()).optional().meta({ description: 'What is wrong with it, a sentence each.' }),
  warnings: z.array(z.string()).optional().meta({ description: 'What policies advise.' }),
  monthlyCost: z.number().optional().meta({ description: 'By how much the estimate for a month grows.' }),
});
export type PlannedChange = z.infer<typeof PlannedChange>;

/** What a merge would create, change and delete, what policies say of it, and what it costs. */
export const Plan = z.object({
  commit: z.string().meta({ description: 'The commit it was made for.' }),
  allowed: z.boolean().meta({ description: 'false: something of it would be refused.' }),
  changes: z.array(PlannedChange).meta({ description: 'What would happen, object by object.' }),
  problems: z
    .array(
      z.object({
        path: z.string().meta({ description: 'The file.' }),
        line: z.int().optional().meta({ description: 'From 1.' }),
        message: z.string().meta({ description: 'What is wrong, and what to do.' }),
      }),
    )
    .meta({ description: 'What is wrong with the files themselves.' }),
  notes: z
    .array(
      z.object({
        path: z.string().meta({ description: 'The file.' }),
        line: z.int().optional().meta({ description: 'From 1.' }),
        message: z.string().meta({ description: 'What was not looked at, and why.' }),
      }),
    )
    .optional()
    .meta({ description: 'What in the folder is nobody’s: links, other files.' }),
  policies: z.int().meta({ description: 'How many rules passed.' }),
  cost: z
    .object({
      currency: z.string().meta({ description: 'Of the rate card: EUR.' }),
      monthly: z
        .number()
        .meta({ description: 'What a month costs more (or less) after the merge, estimated.' }),
      teamMonthly: z.number().meta({ description: 'What the team costs a month then.' }),
      budget: z.number().optional().meta({ description: 'What the team may spend a month.' }),
    })
    .optional()
    .meta({ description: 'Estimated by the rate card; absent when there is none.' }),
  quota: z
    .array(
      z.object({
        kind: z.string().meta({ description: 'What is counted.' }),
        used: z.int().meta({ description: 'After the merge.' }),
        limit: z.int().meta({ description: 'What the team may have.' }),
      }),
    )
    .meta({ description: 'What is left of the team’s quota after the merge.' }),
});
export type Plan = z.infer<typeof Plan>;
