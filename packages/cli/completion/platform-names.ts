import { kinds } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { findKind, namespaceFor } from '../resources/find-kind.ts';

const answerWithinMs = 1000;

export const kindNames = (): string[] => kinds.map(kind => kind.plural);

/** Names of the objects of a kind, if the platform says so at once. */
export const objectNames = async (invocation: Invocation, kindWord: string): Promise<string[]> => {
  const kind = findKind(kindWord);
  const client = await invocation.client();
  const namespace = namespaceFor(kind, await invocation.team());
  const signal = AbortSignal.any([invocation.signal, AbortSignal.timeout(answerWithinMs)]);
  const { items } = await client
    .resource(kind)
    .list({ ...(namespace === '' ? {} : { namespace }), limit: 500, signal });
  return items.map(item => item.metadata.name);
};
