import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor, Store } from '@causeway/engine';
import {
  AccessTokenKind,
  isPlatformError,
  type KindDefinition,
  keyOf,
  type NewObject,
  platformTeam,
  TeamKind,
} from '@causeway/model';

const actor: Actor = { user: 'system:server', from: 'start' };
const validForMs = 365 * 86_400_000;
const renewBeforeMs = 60 * 86_400_000;

interface Admin {
  readonly user: string;
  readonly token: string;
}

const ensure = async (store: Store, kind: KindDefinition, object: NewObject): Promise<void> => {
  await store.create(kind, object, actor).catch(error => {
    if (!isPlatformError(error, 'AlreadyExists')) throw error;
  });
};

/** The token that lies in DATA stands for the user as long as the file is there: its object is renewed before it ends. */
const ensureToken = async (
  store: Store,
  user: string,
  token: string,
  description: string,
  now: number,
): Promise<void> => {
  const sha256 = createHash('sha256').update(token).digest('hex');
  const [known] = store.peekAll(AccessTokenKind, undefined, one => one.spec.sha256 === sha256);
  if (known && Date.parse(known.spec.expiresAt) - now > renewBeforeMs) return;
  if (known)
    await store.delete(AccessTokenKind, keyOf(known), actor).catch(error => {
      // Another server that starts now was faster.
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  const expiresAt = new Date(now + validForMs).toISOString();
  await ensure(store, AccessTokenKind, {
    metadata: { name: `local-${sha256.slice(0, 16)}` },
    spec: { user, sha256, expiresAt, description },
  });
};

/** Makes the credentials in DATA valid, and on the very first start the first two teams, owned by the person who ran it. */
export const prepareFirstUse = async (
  store: Store,
  data: string,
  defaultTeam: string,
  now: number,
): Promise<void> => {
  const credentials = join(data, 'credentials');
  const admin = JSON.parse(await readFile(join(credentials, 'admin.json'), 'utf8')) as Admin;
  const token = async (name: string): Promise<string> =>
    (await readFile(join(credentials, `${name}.token`), 'utf8')).trim();
  await Promise.all([
    ensureToken(store, admin.user, admin.token, 'The person who started this platform.', now),
    ensureToken(store, 'system:agent:local', await token('agent'), 'The agent of this machine.', now),
    ensureToken(store, 'system:gateway:local', await token('gateway'), 'The gateway of this machine.', now),
    ensureToken(
      store,
      'system:metrics:local',
      await token('metrics'),
      'Whoever collects metrics on this machine.',
      now,
    ),
  ]);
  if (store.peekAll(TeamKind).length > 0) return;
  const members = [{ user: admin.user, role: 'owner' }];
  await ensure(store, TeamKind, {
    metadata: { name: platformTeam },
    spec: {
      displayName: 'Platform',
      type: 'platform',
      members,
      description: 'Runs the platform. Its members have their role in every team.',
    },
  });
  await ensure(store, TeamKind, {
    metadata: { name: defaultTeam },
    spec: { members, description: 'The first team.' },
  });
};
