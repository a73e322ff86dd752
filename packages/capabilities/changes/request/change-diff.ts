import { ChangeRequestKind, type ObjectKey, PlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { repositoryOf } from './branch-facts.ts';

const mostBytes = 16 * 1024 * 1024;

/** What a change changes, as a unified diff. What is no UTF-8 is shown as such text can be. */
export async function* changeDiff(
  { engine, changeSource }: Capabilities,
  key: ObjectKey,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const change = await engine.store.get(ChangeRequestKind, key);
  const { base, head } = change.status ?? {};
  if (change.spec.forge || base === undefined || head === undefined)
    throw new PlatformError('NotFound', `there is no diff of ${key.name} here`, {
      next: change.spec.forge
        ? `See it there: ${change.spec.forge.url}`
        : 'Its branches are compared in a moment; try again then.',
    });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const piece of changeSource.diff(repositoryOf(change), base, head, mostBytes, signal))
    yield decoder.decode(piece, { stream: true });
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
