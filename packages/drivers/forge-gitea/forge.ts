import type { Forge } from '@causeway/contracts';
import { createForge } from '../forge-http/create-forge.ts';
import type { ForgeSettings } from '../forge-http/forge-settings.ts';
import { changes } from './changes.ts';
import { receive } from './receive.ts';

/** Gitea, and what speaks its API, as Forgejo does. The token needs read:repository and write:issue, and write:repository for statuses. */
export const createGiteaForge = (settings: ForgeSettings): Forge =>
  createForge(settings, {
    api: `${settings.url.replace(/\/+$/, '')}/api/v1`,
    scheme: 'token',
    headers: { accept: 'application/json' },
    pageSize: ['limit', 50],
    pagedTrees: true,
    receive,
    changes,
  });
