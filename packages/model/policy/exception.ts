import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsSubdomain } from '../kind/names.ts';

const Moment = z.iso.datetime({ offset: true });

export const ExceptionKind = defineKind({
  kind: 'Exception',
  plural: 'exceptions',
  shortNames: ['exc'],
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'Leave of a team to break a policy with one thing for a time, given by whoever owns the policy.',
  spec: z.object({
    policy: DnsSubdomain.meta({ description: 'The policy it is from.' }),
    rule: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'One rule of it, as its decision names it; all when not set.' }),
    target: z
      .object({
        kind: z
          .string()
          .min(1)
          .max(200)
          .meta({ description: 'Kind of what is excepted: Service, Deployment.' }),
        name: z
          .string()
          .min(1)
          .max(253)
          .meta({ description: 'Its name. `*` at the end stands for any rest.' }),
      })
      .meta({ description: 'What is excepted, in this team.' }),
    reason: z.string().min(10).max(2000).meta({ description: 'Why the policy cannot be kept.' }),
    compensatingControl: z
      .string()
      .max(2000)
      .optional()
      .meta({ description: 'What lowers the risk meanwhile.' }),
    ticket: z.string().max(500).optional().meta({ description: 'Where it is followed up.' }),
    expiresAt: Moment.meta({ description: 'When it ends, RFC 3339. The policy says how late that may be.' }),
    requestedBy: z
      .string()
      .max(128)
      .optional()
      .meta({ description: 'Who asked last; written by the platform.' }),
    decision: z
      .object({
        by: z.string().meta({ description: 'Who decided.' }),
        at: z.string().meta({ description: 'When, RFC 3339.' }),
        approved: z.boolean().meta({ description: 'Whether leave was given.' }),
        comment: z.string().max(2000).optional().meta({ description: 'What they said.' }),
        digest: z
          .string()
          .meta({ description: 'Of the request they saw: what is changed afterwards is not approved.' }),
      })
      .optional()
      .meta({ description: 'What the owner of the policy decided; written by the platform.' }),
  }),
  status: z.object({
    phase: z
      .enum(['Pending', 'Approved', 'Refused', 'Expired'])
      .optional()
      .meta({ description: 'Whether it counts.' }),
    conditions: Conditions.optional(),
  }),
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'developer',
    update: 'developer',
    patch: 'developer',
    delete: 'developer',
  },
  selectableFields: ['spec.policy', 'status.phase'],
  columns: [
    { name: 'Policy', path: '.spec.policy', type: 'string' },
    { name: 'Target', path: '.spec.target.name', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Requested by', path: '.spec.requestedBy', type: 'string' },
    { name: 'Expires', path: '.spec.expiresAt', type: 'string' },
    { name: 'Decided by', path: '.spec.decision.by', type: 'string', priority: 1 },
    { name: 'Reason', path: '.spec.reason', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Exception = ObjectOf<typeof ExceptionKind>;
