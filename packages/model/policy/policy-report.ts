import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

const Reference = z.object({
  apiVersion: z.string().optional().meta({ description: 'Its group and version.' }),
  kind: z.string().meta({ description: 'Its kind.' }),
  name: z.string().meta({ description: 'Its name.' }),
  namespace: z.string().optional().meta({ description: 'Its team.' }),
  uid: z.string().optional().meta({ description: 'Tells it from others that had its name.' }),
});

const count = (what: string) => z.int().default(0).meta({ description: what });

const Body = z.object({
  scope: Reference.optional().meta({ description: 'What was judged.' }),
  results: z
    .array(
      z.object({
        source: z.string().meta({ description: 'Who judged: causeway.' }),
        policy: z.string().meta({ description: 'The policy.' }),
        rule: z.string().optional().meta({ description: 'The rule of it.' }),
        result: z
          .enum(['pass', 'fail', 'warn', 'error', 'skip'])
          .meta({ description: 'skip: an exception covers it.' }),
        severity: z
          .enum(['critical', 'high', 'medium', 'low', 'info'])
          .optional()
          .meta({ description: 'How bad that is.' }),
        message: z.string().optional().meta({ description: 'What is wrong and what to do, for people.' }),
        category: z.string().optional().meta({ description: 'What it is about.' }),
        properties: z
          .record(z.string(), z.string())
          .optional()
          .meta({ description: 'The policy’s version and action, the exception used.' }),
        timestamp: z
          .object({
            seconds: z.int().meta({ description: 'Since 1970.' }),
            nanos: z.int().meta({ description: 'Within the second.' }),
          })
          .optional()
          .meta({ description: 'When it last changed.' }),
      }),
    )
    .default([])
    .meta({ description: 'A result for each policy that applies, or for each thing it found.' }),
  summary: z
    .object({
      pass: count('How many pass.'),
      fail: count('How many fail.'),
      warn: count('How many warn.'),
      error: count('How many could not be evaluated.'),
      skip: count('How many are excepted.'),
    })
    .prefault({})
    .meta({ description: 'The results, counted.' }),
});

/** One object’s results, in the shape of the Kubernetes policy working group (wgpolicyk8s.io/v1alpha2). */
export const PolicyReportKind = defineKind({
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  kind: 'PolicyReport',
  plural: 'policyreports',
  shortNames: ['polr'],
  naming: 'subdomain',
  description: 'What the policies say of one object; kept true by the platform.',
  spec: z.object({}),
  status: z.object({}),
  body: Body,
  columns: [
    { name: 'Kind', path: '.scope.kind', type: 'string' },
    { name: 'Name', path: '.scope.name', type: 'string' },
    { name: 'Pass', path: '.summary.pass', type: 'integer' },
    { name: 'Fail', path: '.summary.fail', type: 'integer' },
    { name: 'Warn', path: '.summary.warn', type: 'integer' },
    { name: 'Error', path: '.summary.error', type: 'integer' },
    { name: 'Skip', path: '.summary.skip', type: 'integer' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type PolicyReport = ObjectOf<typeof PolicyReportKind> & z.infer<typeof Body>;
