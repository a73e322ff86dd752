import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { Plan } from './plan.ts';

/** Something that was looked at for the newest commit of a change. */
export const Check = z.object({
  name: z.string().meta({ description: 'What was checked: plan, policy, build, review.' }),
  state: z.enum(['Pending', 'Passed', 'Failed', 'Skipped']).meta({ description: 'How it ended.' }),
  message: z.string().meta({ description: 'One sentence.' }),
});
export type Check = z.infer<typeof Check>;

export const mergeMethods = ['fast-forward', 'squash', 'merge'] as const;

export const ChangeRequestKind = defineKind({
  kind: 'ChangeRequest',
  plural: 'changerequests',
  shortNames: ['cr'],
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'A branch that somebody wants in another: commits, checks, plan, approvals. Named SERVICE.NUMBER. Opened by a push or a command, or seen in a forge.',
  spec: z.object({
    service: z.string().meta({ description: 'The service whose repository it is in.' }),
    number: z.int().meta({ description: 'Its number in the repository.' }),
    source: z.string().meta({ description: 'The branch with the change.' }),
    target: z.string().meta({ description: 'The branch it is to be merged into.' }),
    title: z.string().max(300).meta({ description: 'What it does, in a line.' }),
    description: z.string().max(65_536).optional().meta({ description: 'Why, for who reviews it.' }),
    author: z.string().meta({ description: 'Who opened it.' }),
    forge: z
      .object({
        name: z.string().meta({ description: 'The forge, as the configuration names it.' }),
        url: z.string().meta({ description: 'Its page there.' }),
      })
      .optional()
      .meta({ description: 'Set when it lives in another forge.' }),
    closed: z.boolean().default(false).meta({ description: 'Somebody gave it up; it can be opened again.' }),
  }),
  status: z.object({
    phase: z.enum(['Open', 'Merged', 'Closed']).optional().meta({ description: 'How it stands.' }),
    head: z.string().optional().meta({ description: 'The newest commit of the source branch.' }),
    base: z.string().optional().meta({ description: 'The commit both branches have in common.' }),
    target: z.string().optional().meta({ description: 'The newest commit of the target branch.' }),
    behind: z.int().optional().meta({ description: 'How many commits only the target branch has.' }),
    commits: z
      .array(
        z.object({
          commit: z.string().meta({ description: 'Its id.' }),
          subject: z.string().meta({ description: 'Its first line.' }),
          author: z.string().meta({ description: 'Who wrote it.' }),
        }),
      )
      .optional()
      .meta({ description: 'The newest first, at most 100.' }),
    files: z
      .array(
        z.object({
          path: z.string().meta({ description: 'The file.' }),
          added: z.int().meta({ description: 'Lines.' }),
          removed: z.int().meta({ description: 'Lines.' }),
        }),
      )
      .optional()
      .meta({ description: 'What it changes, at most 1000 files.' }),
    size: z
      .object({
        commits: z.int().meta({ description: 'How many commits the target branch has not.' }),
        files: z.int().meta({ description: 'How many files it changes.' }),
        added: z.int().meta({ description: 'Lines.' }),
        removed: z.int().meta({ description: 'Lines.' }),
      })
      .optional()
      .meta({ description: 'How large it is, all commits and files counted.' }),
    mergeable: z
      .object({
        ready: z.boolean().meta({ description: 'Whether a merge would be taken now.' }),
        message: z.string().meta({ description: 'What is in the way, or that nothing is.' }),
      })
      .optional()
      .meta({ description: 'Whether it can be merged.' }),
    checks: z
      .array(Check)
      .optional()
      .meta({
        description: 'Of the newest commit.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
    plan: Plan.optional().meta({ description: 'What merging it would do.' }),
    reviewers: z.array(z.string()).optional().meta({ description: 'Who must approve, by CODEOWNERS.' }),
    approvals: z
      .array(
        z.object({
          by: z.string().meta({ description: 'Who.' }),
          at: z.string().meta({ description: 'When, RFC 3339.' }),
          commit: z
            .string()
            .meta({ description: 'The commit that was looked at; a newer one needs another.' }),
        }),
      )
      .optional()
      .meta({ description: 'Who approved.' }),
    comments: z
      .array(
        z.object({
          by: z.string().meta({ description: 'Who; the platform speaks as causeway.' }),
          at: z.string().meta({ description: 'When, RFC 3339.' }),
          text: z.string().meta({ description: 'What was said, Markdown.' }),
          path: z.string().optional().meta({ description: 'The file it is about.' }),
          line: z.int().optional().meta({ description: 'The line it is about, from 1.' }),
        }),
      )
      .optional()
      .meta({ description: 'What was said, the oldest first.' }),
    environments: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The environment.' }),
          state: z.string().meta({ description: 'How it is, in a sentence: ready after 4 s.' }),
          url: z.string().optional().meta({ description: 'Where it answers.' }),
          expiresAt: z.string().optional().meta({ description: 'When it goes, RFC 3339.' }),
        }),
      )
      .optional()
      .meta({ description: 'Environments that came from it, kept current after the merge as well.' }),
    merging: z
      .object({
        by: z.string().meta({ description: 'Who.' }),
        at: z.string().meta({ description: 'Since when, RFC 3339.' }),
        commit: z.string().meta({ description: 'What the target branch is about to point to.' }),
        method: z.enum(mergeMethods).meta({ description: 'How.' }),
      })
      .optional()
      .meta({ description: 'Set while it is merged: whatever dies meanwhile, it is known how it ended.' }),
    merged: z
      .object({
        by: z.string().meta({ description: 'Who.' }),
        at: z.string().meta({ description: 'When, RFC 3339.' }),
        commit: z.string().meta({ description: 'What the target branch points to since.' }),
        method: z.enum(mergeMethods).meta({ description: 'How.' }),
      })
      .optional()
      .meta({ description: 'Set once it is merged.' }),
    reported: z.string().optional().meta({
      description: 'In another forge: a digest of what it was told last, so that nothing is told twice.',
    }),
    conditions: Conditions.optional(),
  }),
  selectableFields: ['spec.service', 'status.phase'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Title', path: '.spec.title', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Source', path: '.spec.source', type: 'string' },
    { name: 'Author', path: '.spec.author', type: 'string' },
    { name: 'Mergeable', path: '.status.mergeable.message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type ChangeRequest = ObjectOf<typeof ChangeRequestKind>;
