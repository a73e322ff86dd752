import type { Actor } from '@causeway/engine';
import { AccessTokenKind, type KindDefinition, kindId, PlatformError, storedKind } from '@causeway/model';
import { isProcess } from './process-identities.ts';

const tokenKind = kindId(AccessTokenKind);

/** Throws `Forbidden` when a person issues a token that would make its bearer one of the platform's own processes. */
export const checkIssuedToken = (kind: KindDefinition, spec: unknown, { user: issuer }: Actor): void => {
  if (kindId(storedKind(kind)) !== tokenKind || isProcess(issuer)) return;
  const { user } = { ...(spec as { user?: unknown } | undefined) };
  if (typeof user !== 'string' || !isProcess(user)) return;
  throw new PlatformError(
    'Forbidden',
    `${user} is one of the platform's own processes: no token is issued for it`,
    {
      next: 'Issue tokens for people and their programs; the platform makes those of its processes.',
    },
  );
};
