import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { Duration } from '../units/duration.ts';

/** The folder of a repository whose files are made true. */
export const defaultPlatformFolder = 'platform';

const isFolder = (path: string): boolean =>
  path.split('/').every(part => part !== '' && part !== '.' && part !== '..') && !/\p{Cc}/u.test(path);

/** What became of one document of a file. */
export const AppliedDocument = z.object({
  kind: z.string().meta({ description: 'The kind of the object.' }),
  name: z.string().meta({ description: 'Its name.' }),
  path: z.string().meta({ description: 'The file.' }),
  state: z.enum(['Applied', 'Drifted', 'Refused']).meta({
    description: 'Drifted: somebody changed it since, and drift is only reported. Refused: message says why.',
  }),
  message: z.string().optional().meta({ description: 'Why it is not as the file says.' }),
  said: z.string().optional().meta({ description: 'A digest of what the file says of it.' }),
  ended: z.string().optional().meta({
    description:
      'When what it asked for ended, RFC 3339: the file brings it back only when it says something else.',
  }),
});
export type AppliedDocument = z.infer<typeof AppliedDocument>;

export const SourceKind = defineKind({
  kind: 'Source',
  plural: 'sources',
  categories: ['causeway'],
  description:
    'A git repository whose files of platform kinds are made true. Every service’s own repository is one, of the same name; others are named by URL.',
  spec: z.object({
    service: z
      .string()
      .optional()
      .meta({ description: 'The service whose repository it is; made by the platform.' }),
    url: z
      .url({ protocol: /^(https?|ssh|git|file)$/ })
      .max(2000)
      .optional()
      .meta({ description: 'Any git repository, instead of a service’s.' }),
    branch: z.string().max(200).default('main').meta({ description: 'Whose newest commit counts.' }),
    folder: z
      .string()
      .max(256)
      .default(defaultPlatformFolder)
      .meta({ description: 'The folder with the files.' }),
    interval: Duration.default('1m').meta({
      description: 'How often a repository elsewhere is looked at; a webhook tells sooner.',
    }),
    drift: z
      .enum(['correct', 'report'])
      .default('correct')
      .meta({ description: 'What happens to an object that somebody changed otherwise.' }),
  }),
  status: z.object({
    commit: z.string().optional().meta({ description: 'The commit whose files are applied.' }),
    appliedAt: z.string().optional().meta({ description: 'When, RFC 3339.' }),
    by: z.string().optional().meta({ description: 'Who brought that commit there.' }),
    documents: z
      .array(AppliedDocument)
      .optional()
      .meta({ description: 'What the files say, and what became of it.' }),
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
  validate: ({ metadata, spec: { service, url, folder } }) => {
    const wrong = (field: string, message: string) => [{ field: `spec.${field}`, message }];
    const secret = url !== undefined && /^[^/]*\/\/[^/@]*:[^/@]*@/.test(url);
    return [
      ...(service === undefined && url === undefined ? wrong('url', 'name a repository') : []),
      ...(service !== undefined && url !== undefined ? wrong('url', 'is not set beside spec.service') : []),
      ...(service !== undefined && service !== metadata.name
        ? wrong('service', 'the source of a service’s repository has the service’s name')
        : []),
      ...(secret ? wrong('url', 'must not hold a password, which everyone could read') : []),
      ...(isFolder(folder) ? [] : wrong('folder', 'must be a folder from the root, such as platform')),
    ];
  },
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'URL', path: '.spec.url', type: 'string' },
    { name: 'Commit', path: '.status.commit', type: 'string' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Message', path: '.status.conditions[Ready].message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Source = ObjectOf<typeof SourceKind>;
