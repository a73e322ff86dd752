import type { ForgeStatus } from '@causeway/contracts';
import { z } from 'zod';
import type { ForgeClient } from './forge-client.ts';

/** What GitHub takes. */
const longestDescription = 140;

const Combined = z.object({
  statuses: z
    .array(
      z.object({
        context: z.string(),
        // GitHub calls it state, Gitea status.
        state: z.string().optional(),
        status: z.string().optional(),
        description: z.string().nullish(),
        target_url: z.string().nullish(),
      }),
    )
    .nullish(),
});

const cut = (text: string): string =>
  text.length <= longestDescription ? text : `${text.slice(0, longestDescription - 1).toWellFormed()}…`;

/** As `Forge.setStatus`. Each write would be one more entry, and there may be a thousand. */
export const keepStatus = async (
  client: ForgeClient,
  at: string,
  commit: string,
  { context, state, description, url = '' }: ForgeStatus,
  signal: AbortSignal,
): Promise<void> => {
  const id = encodeURIComponent(commit);
  const said = cut(description);
  const { statuses } = await client.get(`${at}/commits/${id}/status`, Combined, signal);
  const shown = statuses?.find(one => one.context === context);
  const same =
    (shown?.state ?? shown?.status) === state &&
    (shown?.description ?? '') === said &&
    (shown?.target_url ?? '') === url;
  if (same) return;
  const body = { context, state, description: said, ...(url === '' ? {} : { target_url: url }) };
  await client.send('POST', `${at}/statuses/${id}`, body, signal);
};
