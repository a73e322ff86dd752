import { createHash } from 'node:crypto';
import { type ChangeRequest, keyText, type Source } from '@causeway/model';
import { commentOf, statusOf } from './report-text.ts';
import type { ForgeRepository } from './repository-in-forge.ts';

export const planContext = 'causeway/plan';

/**
 * Says in the forge what a change request’s status says, unless that is what was said last; `again`: in any case, for somebody may
 * have deleted it. Returns a digest of what was said.
 */
export const tellForge = async (
  change: ChangeRequest,
  source: Source,
  { forge, repository }: ForgeRepository,
  { waits, again }: { readonly waits: string | undefined; readonly again: boolean },
  signal: AbortSignal,
): Promise<string> => {
  const { spec, status: shown } = change;
  const { plan, phase, head, reported, environments } = shown ?? {};
  const status = statusOf(plan, waits);
  const text = commentOf(change, waits);
  const digest = createHash('sha256')
    .update(JSON.stringify([status, text, head]))
    .digest('hex');
  if (reported === digest && !again) return digest;
  const url = spec.forge ? { url: spec.forge.url } : {};
  if (phase === 'Open' && head !== undefined)
    await forge.setStatus(repository, head, { context: planContext, ...status, ...url }, signal);
  if (plan || waits !== undefined || (environments ?? []).length > 0) {
    const about = keyText({ namespace: source.metadata.namespace ?? '', name: source.metadata.name });
    await forge.comment(repository, spec.number, about, text, signal);
  }
  return digest;
};
