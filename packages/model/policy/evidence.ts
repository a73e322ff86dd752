import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsLabel } from '../kind/names.ts';
import { Severity } from './policy.ts';

/** Something that a scanner found: a vulnerability, a misconfiguration, a line of code. */
export const EvidenceFinding = z.object({
  id: z.string().max(200).meta({ description: 'CVE-2026-1234, a rule’s name.' }),
  severity: Severity.meta({ description: 'As the scanner has it.' }),
  title: z.string().max(1000).meta({ description: 'What it is, in a line.' }),
  package: z.string().max(300).optional().meta({ description: 'The dependency it is in.' }),
  version: z.string().max(200).optional().meta({ description: 'Its version.' }),
  fixedVersion: z.string().max(200).optional().meta({ description: 'Where it is mended.' }),
  location: z.string().max(1000).optional().meta({ description: 'File and line, or the resource.' }),
  url: z.string().max(1000).optional().meta({ description: 'Where to read more.' }),
});
export type EvidenceFinding = z.infer<typeof EvidenceFinding>;

export const EvidenceComponent = z.object({
  name: z.string().max(300).meta({ description: 'The dependency.' }),
  version: z.string().max(200).optional().meta({ description: 'Its version.' }),
  licenses: z
    .array(z.string().max(200))
    .default([])
    .meta({ description: 'SPDX identifiers or expressions; what it says otherwise.' }),
  purl: z.string().max(1000).optional().meta({ description: 'Its package URL.' }),
});
export type EvidenceComponent = z.infer<typeof EvidenceComponent>;

export const EvidenceKind = defineKind({
  kind: 'Evidence',
  plural: 'evidence',
  singular: 'evidence',
  naming: 'subdomain',
  immutable: true,
  categories: ['causeway'],
  description:
    'What somebody outside found out about a commit of a service: a scan, a list of its parts, a review. Policies judge by it.',
  spec: z.object({
    service: DnsLabel.meta({ description: 'The service it is about.' }),
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/)
      .optional()
      .meta({ description: 'The commit it is about; every commit when not set.' }),
    environment: DnsLabel.optional().meta({
      description: 'For a service that is released elsewhere: where to.',
    }),
    format: z
      .enum(['trivy', 'sarif', 'aws-config', 'cyclonedx', 'attributes'])
      .meta({ description: 'What it was read from.' }),
    tool: z.string().max(200).optional().meta({ description: 'What made it: Trivy 0.58.' }),
    findings: z.array(EvidenceFinding).max(5000).default([]).meta({ description: 'What was found.' }),
    components: z
      .array(EvidenceComponent)
      .max(20_000)
      .default([])
      .meta({ description: 'What the service is made of.' }),
    attributes: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: 'Anything else that rules read: reviewers, runbook, tests.' }),
    submittedBy: z
      .string()
      .max(128)
      .optional()
      .meta({ description: 'Who handed it in; written by the platform.' }),
  }),
  status: z.object({
    verdict: z.enum(['allowed', 'denied']).optional().meta({ description: 'What the policies say of it.' }),
    conditions: Conditions.optional(),
  }),
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'developer',
    delete: 'owner',
  },
  selectableFields: ['spec.service', 'spec.format'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Format', path: '.spec.format', type: 'string' },
    { name: 'Tool', path: '.spec.tool', type: 'string' },
    { name: 'Verdict', path: '.status.verdict', type: 'string' },
    { name: 'Commit', path: '.spec.commit', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Evidence = ObjectOf<typeof EvidenceKind>;
