import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { UserName } from '../kind/names.ts';

/** A bearer token: only its SHA-256 is stored; deleting the object revokes it. */
export const AccessTokenKind = defineKind({
  kind: 'AccessToken',
  plural: 'accesstokens',
  singular: 'accesstoken',
  scope: 'Cluster',
  naming: 'subdomain',
  immutable: true,
  description: 'A bearer token of a user. Only its hash is stored. Delete it to revoke the token.',
  spec: z.object({
    user: UserName.meta({ description: 'Who the bearer is.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .meta({ description: 'SHA-256 of the token, hexadecimal.' }),
    expiresAt: z.iso.datetime().meta({ description: 'When it ends, RFC 3339.' }),
    description: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'What it is for, such as the machine it lies on.' }),
  }),
  status: z.object({}),
  access: { get: 'owner', list: 'owner', watch: 'owner', create: 'owner', delete: 'owner' },
  columns: [
    { name: 'User', path: '.spec.user', type: 'string' },
    { name: 'Expires', path: '.spec.expiresAt', type: 'string' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type AccessToken = ObjectOf<typeof AccessTokenKind>;
