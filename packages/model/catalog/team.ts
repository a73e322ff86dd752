import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { UserName } from '../kind/names.ts';

/** Members of this team have their role in every team: they run the platform. */
export const platformTeam = 'platform';

export const TeamKind = defineKind({
  kind: 'Team',
  plural: 'teams',
  scope: 'Cluster',
  categories: ['causeway'],
  description: 'People who own services. A team has the namespace of its name.',
  spec: z.object({
    displayName: z.string().max(100).optional().meta({ description: 'Its name for people.' }),
    description: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: 'What the team is for, one or two sentences.' }),
    type: z
      .enum(['stream-aligned', 'platform', 'enabling', 'complicated-subsystem'])
      .default('stream-aligned')
      .meta({ description: 'The team type of Team Topologies (Skelton and Pais).' }),
    members: z
      .array(
        z.object({
          user: UserName.meta({ description: 'As sign-in knows them.' }),
          role: z.enum(['viewer', 'developer', 'owner']).default('developer').meta({
            description: 'viewer reads; developer also changes services; owner also changes the team.',
          }),
        }),
      )
      .max(1000)
      .default([])
      .meta({ description: 'Who is in the team.', listType: 'map', listMapKeys: ['user'] }),
    onCall: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Who is called: a user, a rotation or a URL.' }),
    quota: z.record(z.string(), z.int().min(0).max(1_000_000)).optional().meta({
      description:
        'How many objects of a kind the team may have: `services: 20`. Kinds not named have no limit. Set by who runs the platform.',
    }),
    budget: z
      .object({
        monthly: z.number().min(0).max(1e12).meta({ description: 'In the currency of the rate card.' }),
      })
      .optional()
      .meta({ description: 'What the team may spend a month. Set by who runs the platform.' }),
    webhook: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional()
      .meta({
        description:
          'Is told what concerns the team, such as an environment about to expire: a POST with a CloudEvent.',
      }),
    costCenter: z.string().max(63).optional().meta({ description: 'Where its cost is booked.' }),
  }),
  status: z.object({
    services: z.int().optional().meta({ description: 'How many services it owns.' }),
    used: z
      .record(z.string(), z.int())
      .optional()
      .meta({ description: 'How many there are of each kind that the quota names.' }),
    conditions: Conditions.optional(),
  }),
  access: { get: 'viewer', list: 'viewer', watch: 'viewer', update: 'owner', patch: 'owner' },
  columns: [
    { name: 'Type', path: '.spec.type', type: 'string' },
    { name: 'On-call', path: '.spec.onCall', type: 'string' },
    { name: 'Services', path: '.status.services', type: 'integer' },
    { name: 'Cost-centre', path: '.spec.costCenter', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Team = ObjectOf<typeof TeamKind>;
