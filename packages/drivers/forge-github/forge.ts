import type { Forge } from '@causeway/contracts';
import { createForge } from '../forge-http/create-forge.ts';
import type { ForgeSettings } from '../forge-http/forge-settings.ts';
import { changes } from './changes.ts';
import { receive } from './receive.ts';

/** Where GitHub’s API lies: beside github.com, below a GitHub Enterprise Server. */
const apiOf = (url: string): string => {
  const { hostname, origin } = new URL(url);
  return hostname === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
};

/** GitHub, or a GitHub Enterprise Server. The token needs contents and metadata to read, pull requests and statuses to write. */
export const createGitHubForge = (settings: ForgeSettings): Forge =>
  createForge(settings, {
    api: apiOf(settings.url),
    scheme: 'Bearer',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    pageSize: ['per_page', 100],
    pagedTrees: false,
    receive,
    changes,
  });
