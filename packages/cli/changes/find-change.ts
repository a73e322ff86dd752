import type { Client } from '@causeway/client';
import { type ChangeRequest, ChangeRequestKind, isDnsSubdomain, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

/** `orders.3`, or `orders#3` as people write it. */
export const changeName = (word: string): string => {
  const name = word.replace('#', '.');
  if (isDnsSubdomain(name) && /\.[1-9]\d*$/.test(name)) return name;
  throw new PlatformError('Usage', `'${word.slice(0, 100)}' is no change request.`, {
    next: 'Write SERVICE.NUMBER, such as orders.3; `platform change list` shows them.',
  });
};

export interface FoundChange {
  readonly client: Client;
  readonly team: string;
  readonly name: string;
}

export const findChange = async (invocation: Invocation, word: string): Promise<FoundChange> => ({
  name: changeName(word),
  client: await invocation.client(),
  team: await invocation.team(),
});

/** Does something to a change request, and returns how it is then. */
export const actOnChange = async (
  { client, team, name }: FoundChange,
  action: string,
  body: object,
): Promise<ChangeRequest> =>
  (await client.action(ChangeRequestKind, team, name, action, body)) as ChangeRequest;
