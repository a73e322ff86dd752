import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { Duration } from '../units/duration.ts';

/** Of 127.64.0.0/10: loopback addresses that machines use for nothing else. */
export const ServiceAddress = z
  .string()
  .regex(
    /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){2}$/,
    'must be an address of 127.64.0.0/10',
  );

export const RouteKind = defineKind({
  kind: 'Route',
  plural: 'routes',
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'Which host names the gateway sends to which replicas. The shape follows HTTPRoute of the Gateway API.',
  spec: z.object({
    service: z.string().meta({ description: 'The service it leads to.' }),
    environment: z.string().meta({ description: 'In which environment.' }),
    hostnames: z
      .array(z.string().max(253))
      .meta({ description: 'Exact host names, lower case, without a port.', listType: 'set' }),
    address: ServiceAddress.optional().meta({
      description: 'A loopback address that leads there, for programs of this machine.',
    }),
    backends: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The replica.' }),
          address: z.string().meta({ description: 'host:port' }),
          release: z.string().meta({ description: 'The release it runs.' }),
          weight: z
            .int()
            .min(0)
            .max(1_000_000)
            .default(1)
            .meta({ description: 'Its share of the sum of all weights.' }),
          standby: z.boolean().optional().meta({
            description: 'Gets only requests that none of the others accepted; its weight is 0.',
          }),
        }),
      )
      .meta({ description: 'Where requests may go.', listType: 'map', listMapKeys: ['name'] }),
    asleep: z.boolean().optional().meta({
      description: 'Nothing runs behind it: the gateway keeps requests for a while, and says that some wait.',
    }),
    starting: z.boolean().optional().meta({
      description:
        'What it leads to is being started for the first time: the gateway keeps requests for a while.',
    }),
    timeouts: z
      .object({
        connect: Duration.default('5s').meta({ description: 'Until a connection to a replica stands.' }),
        response: Duration.default('60s').meta({
          description: 'Until the response’s first byte; streams may last.',
        }),
      })
      .prefault({})
      .meta({ description: 'How long a request may take.' }),
    retries: z
      .int()
      .min(0)
      .max(5)
      .default(2)
      .meta({ description: 'On another backend, only when nothing has reached the first.' }),
  }),
  status: z.object({
    gateways: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The gateway.' }),
          observedGeneration: z.int().meta({ description: 'The generation it serves.' }),
          draining: z.array(z.string()).default([]).meta({
            description: 'Addresses no longer in the route that still answer requests begun before.',
          }),
        }),
      )
      .optional()
      .meta({
        description: 'Which gateways serve which generation.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
    waiting: z
      .object({
        gateway: z.string().meta({ description: 'The gateway that keeps it.' }),
        since: z.string().meta({ description: 'When the newest of them arrived, RFC 3339.' }),
      })
      .optional()
      .meta({ description: 'Requests wait for what is asleep to wake.' }),
    lastRequestAt: z.string().optional().meta({
      description:
        'When the last request from outside came, to within a minute, RFC 3339. Only of environments that end.',
    }),
    traffic: z
      .array(
        z.object({
          release: z.string().meta({ description: 'The release.' }),
          firstRequestAt: z.string().meta({ description: 'When, RFC 3339.' }),
        }),
      )
      .optional()
      .meta({
        description: 'When each release answered its first request from outside.',
        listType: 'map',
        listMapKeys: ['release'],
      }),
  }),
  selectableFields: ['spec.service', 'spec.environment'],
  columns: [
    { name: 'Hosts', path: '.spec.hostnames', type: 'string' },
    { name: 'Backends', path: '.spec.backends', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Route = ObjectOf<typeof RouteKind>;
