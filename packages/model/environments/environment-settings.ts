import { z } from 'zod';
import type { Resources } from '../catalog/service.ts';
import { DnsLabel, VariableName } from '../kind/names.ts';
import { Duration } from '../units/duration.ts';

const Revision = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!-)[A-Za-z0-9._/@+-]+$/, 'must be a commit, a tag or a branch');

const EnvironmentVariable = z.object({
  name: VariableName.meta({ description: 'Letters, digits and _.' }),
  value: z.string().max(32_768).meta({ description: 'What the program reads. Not for secrets.' }),
});

/** What of a service runs in an environment. Without revision, branch or change request it is the newest release. */
export const EnvironmentService = z.object({
  name: DnsLabel.meta({ description: 'A service of the team.' }),
  replicas: z
    .int()
    .min(0)
    .max(50)
    .optional()
    .meta({ description: 'How many of the web process; not set: as the service says.' }),
  revision: Revision.optional().meta({ description: 'A commit or tag that runs, and stays.' }),
  branch: Revision.optional().meta({ description: 'The branch whose newest commit runs.' }),
  changeRequest: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The number of the change request whose newest commit runs.' }),
  variables: z
    .array(EnvironmentVariable)
    .max(500)
    .optional()
    .meta({
      description: 'Wins over what the environment and the service say.',
      listType: 'map',
      listMapKeys: ['name'],
    }),
});
export type EnvironmentService = z.infer<typeof EnvironmentService>;

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 20:00');
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** When an environment sleeps: nothing runs then, and the first request wakes it. */
export const SleepSchedule = z.object({
  sleepAt: ClockTime.meta({ description: 'From then on it sleeps: 20:00.' }),
  wakeAt: ClockTime.meta({ description: 'Until then: 07:00.' }),
  days: z
    .array(z.enum(weekdays))
    .max(7)
    .optional()
    .meta({ description: 'The days on which it wakes; every day when not set.', listType: 'set' }),
  timeZone: z
    .string()
    .max(64)
    .refine(zone => isTimeZone(zone), { message: 'must be a time zone such as Europe/Berlin' })
    .default('UTC')
    .meta({ description: 'In which the times are meant, such as Europe/Berlin.' }),
});
export type SleepSchedule = z.infer<typeof SleepSchedule>;

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** Something outside the platform that must be told when an environment goes. */
export const Cleanup = z.object({
  name: DnsLabel.meta({ description: 'What is cleaned up, in a word.' }),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .meta({
      description:
        'Gets a POST with the environment (a CloudEvent) until it answers 2xx. Only then is the environment gone.',
    }),
});
export type Cleanup = z.infer<typeof Cleanup>;

export const environmentSizes = ['small', 'medium', 'large'] as const;
export type EnvironmentSize = (typeof environmentSizes)[number];

/** What each replica may use in an environment of that size. */
export const resourcesOfSize: Readonly<Record<EnvironmentSize, Resources>> = {
  small: { cpu: '250m', memory: '256Mi' },
  medium: { cpu: '1', memory: '512Mi' },
  large: { cpu: '2', memory: '2Gi' },
};

/** What a temporary environment is made from; both what is asked for and what there is have these fields. */
export const environmentSettings = {
  purpose: z.string().max(100).optional().meta({ description: 'What it is for: integration-test.' }),
  lifetime: Duration.optional().meta({
    description: 'After which it goes by itself: 90m, 14d, 2w. Not set: as the installation says.',
  }),
  region: z
    .string()
    .max(63)
    .optional()
    .meta({ description: 'Where it runs, of what the installation offers.' }),
  dataClassification: z
    .string()
    .max(63)
    .optional()
    .meta({ description: 'Of the data in it: public, internal, confidential or restricted.' }),
  size: z.enum(environmentSizes).optional().meta({
    description: 'What each replica may use; not set: as each service says.',
  }),
  schedule: SleepSchedule.optional().meta({ description: 'When it sleeps; the first request wakes it.' }),
  services: z
    .array(EnvironmentService)
    .max(50)
    .optional()
    .meta({ description: 'What runs in it.', listType: 'map', listMapKeys: ['name'] }),
  variables: z
    .array(EnvironmentVariable)
    .max(500)
    .optional()
    .meta({
      description: 'For all services in it. Not for secrets.',
      listType: 'map',
      listMapKeys: ['name'],
    }),
  databases: z
    .array(z.object({ name: DnsLabel.meta({ description: 'A database of the team.' }) }))
    .max(20)
    .optional()
    .meta({
      description: 'Databases it gets a copy of, where the installation offers that.',
      listType: 'map',
      listMapKeys: ['name'],
    }),
  secrets: z
    .array(z.object({ name: DnsLabel.meta({ description: 'A secret of the team.' }) }))
    .max(100)
    .optional()
    .meta({
      description: 'Secrets its services may read, where the installation offers that.',
      listType: 'map',
      listMapKeys: ['name'],
    }),
  cleanup: z
    .array(Cleanup)
    .max(20)
    .optional()
    .meta({
      description: 'What must be cleaned up outside when it goes.',
      listType: 'map',
      listMapKeys: ['name'],
    }),
};
