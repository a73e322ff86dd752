import { z } from 'zod';

/** Counts up when an older Causeway could no longer read an archive. */
export const archiveFormat = 1;

const name = z
  .string()
  .max(4096)
  .refine(text => !/^\/|(^|\/)\.\.(\/|$)|\0/.test(text) && text !== '', 'must stay within the archive');

/** Whose it is, for what workloads run: only root gives files to others, and only root exported them. */
const owner = z.strictObject({ uid: z.int().min(0), gid: z.int().min(0) }).optional();

const Member = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file'),
    name,
    mode: z.int().min(0).max(0o777),
    size: z.int().min(0),
    owner,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ type: z.literal('folder'), name, mode: z.int().min(0).max(0o777), owner }),
  z.strictObject({ type: z.literal('link'), name, target: z.string().min(1).max(4096) }),
]);
/** A file, folder or symbolic link of an archive, with what it must be. */
export type Member = z.infer<typeof Member>;

/** The first member of every archive: what it is, and what else must be in it. */
export const Manifest = z.strictObject({
  causeway: z.literal('export'),
  format: z.int().min(1),
  /** The version of Causeway that wrote it. */
  version: z.string(),
  createdAt: z.string(),
  /** The database: the version of its schema, of PostgreSQL, and the head of all rows. */
  database: z.strictObject({
    schema: z.int().min(1),
    server: z.string(),
    head: z.strictObject({
      revision: z.int(),
      fence: z.int(),
      auditSeq: z.int(),
      auditHash: z.string(),
    }),
  }),
  /** Whether what builds made is in it. */
  artifacts: z.boolean(),
  /** The folder that it was: what builds made names it. */
  data: z.string(),
  /** In the order in which they follow. */
  members: z.array(Member),
});
export type Manifest = z.infer<typeof Manifest>;

export const manifestName = 'manifest.json';
