import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { remoteProtocols } from '@causeway/git';
import { ApiGroups, DnsLabel, DnsSubdomain, Duration, PlatformError } from '@causeway/model';
import { parse } from 'yaml';
import { z } from 'zod';

/** DATA/config.yaml. Everything is optional. */
const Configuration = z.strictObject({
  domain: DnsSubdomain.default('localhost').meta({ description: 'Services are reached at NAME.DOMAIN.' }),
  defaultTeam: DnsLabel.default('default').meta({
    description: 'The team that the first start makes for the person who ran it.',
  }),
  hosts: z
    .array(z.string().max(253))
    .default([])
    .meta({ description: 'More names under which the API may be called.' }),
  apiGroups: ApiGroups.default([]).meta({
    description: 'API groups of your own: kinds of causeway.dev may be written and read in them as well.',
  }),
  slowRequests: Duration.default('500ms').meta({
    description: 'Requests to the API that take longer are logged with where their time went.',
  }),
  history: z
    .strictObject({
      keep: Duration.default('1h').meta({
        description: 'Watches resume, and lists in pages go on, at versions no older than this.',
      }),
      changes: z.int().min(1000).max(100_000_000).default(1_000_000).meta({
        description: 'At most so many changes are kept, however young.',
      }),
    })
    .prefault({}),
  decisions: z
    .strictObject({
      keep: Duration.default('90d').meta({
        description: 'What policies decided is kept for so long, to be read and replayed.',
      }),
    })
    .prefault({}),
  environments: z
    .strictObject({
      regions: z.array(z.string().min(1).max(63)).max(100).default([]).meta({
        description: 'Where environments may run. Not set: every region that people name is this machine.',
      }),
      lifetime: Duration.default('7d').meta({ description: 'Of an environment whose request does not say.' }),
      longest: Duration.default('90d').meta({
        description: 'How long an environment may be there in all, extensions included.',
      }),
    })
    .prefault({}),
  rateCard: z
    .strictObject({
      currency: z.string().min(1).max(8).default('EUR').meta({ description: 'What amounts are in.' }),
      cpu: z.number().min(0).meta({ description: 'Of one core, a month.' }),
      memory: z.number().min(0).meta({ description: 'Of one GiB of memory, a month.' }),
      storage: z.number().min(0).default(0).meta({ description: 'Of one GiB of storage, a month.' }),
    })
    .optional()
    .meta({ description: 'Not set: no cost is estimated.' }),
  forges: z
    .array(
      z.strictObject({
        name: DnsLabel.meta({ description: 'What it is called here: part of the address of its webhook.' }),
        type: z.enum(['github', 'gitea']).meta({ description: 'Whose API it has. Forgejo’s is Gitea’s.' }),
        url: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .meta({ description: 'Its address for people, such as https://github.com.' }),
        tokenFile: z
          .string()
          .min(1)
          .max(1000)
          .meta({ description: 'The file with its token for the platform; in DATA unless it is absolute.' }),
        webhookSecretFile: z
          .string()
          .min(1)
          .max(1000)
          .meta({ description: 'The file with the secret that its webhooks are signed with.' }),
        teams: z
          .literal('all')
          .or(z.record(DnsLabel, z.array(z.string().regex(/^[\w.-]+\/([\w.-]+|\*)$/)).max(1000)))
          .optional()
          .meta({
            description:
              'Which repositories the sources of a team may name: OWNER/NAME or OWNER/*. all: each team every one that the token reads. Not set: only the team platform.',
          }),
      }),
    )
    .max(20)
    .default([])
    .refine(forges => new Set(forges.map(({ name }) => name)).size === forges.length, {
      error: 'two forges have one name',
    })
    .meta({ description: 'Where repositories lie whose change requests are planned and reported on.' }),
  sources: z
    .strictObject({
      protocols: z.array(z.enum(remoteProtocols)).default(['https', 'http']).meta({
        description: 'By what repositories elsewhere are fetched; ssh uses the keys of this machine’s user.',
      }),
      credentials: z
        .array(
          z.strictObject({
            url: z
              .url({ protocol: /^https?$/ })
              .max(2000)
              .meta({ description: 'For addresses that begin so, such as https://github.com/acme.' }),
            username: z.string().min(1).max(200).meta({ description: 'Whom to be there.' }),
            passwordFile: z
              .string()
              .min(1)
              .max(1000)
              .meta({ description: 'The file with the password or token; in DATA unless it is absolute.' }),
            teams: z.literal('all').or(z.array(DnsLabel).max(1000)).optional().meta({
              description: 'Whose sources may use it, or all. Not set: those of the team platform.',
            }),
          }),
        )
        .max(100)
        .default([])
        .meta({ description: 'For private repositories elsewhere.' }),
    })
    .prefault({}),
  database: z
    .strictObject({
      url: z
        .string()
        .optional()
        .meta({ description: 'A PostgreSQL of your own, instead of the embedded one.' }),
    })
    .optional(),
});
export type Configuration = z.infer<typeof Configuration>;

/** Reads the configuration; absent is empty. Throws `Invalid` naming the file and each wrong field. */
export const readConfiguration = async (data: string): Promise<Configuration> => {
  const file = join(data, 'config.yaml');
  const text = await readFile(file, 'utf8').catch(() => '');
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 10 }) ?? {};
  } catch (error) {
    throw new PlatformError('Invalid', `${file} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const result = Configuration.safeParse(value);
  if (result.success) return result.data;
  const causes = result.error.issues.map(issue => ({ field: issue.path.join('.'), message: issue.message }));
  throw new PlatformError(
    'Invalid',
    `${file}: ${causes.map(cause => `${cause.field || 'top level'}: ${cause.message}`).join('; ')}`,
    { causes },
  );
};
