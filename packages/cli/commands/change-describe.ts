import { ChangeRequestKind } from '@causeway/model';
import { changeLines } from '../changes/change-text.ts';
import { findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';
import { withoutManagers } from '../resources/without-managers.ts';

export const run = async (invocation: Invocation, word: string): Promise<void> => {
  const { output, signal } = invocation;
  const { client, team, name } = await findChange(invocation, word);
  const change = await client.resource(ChangeRequestKind).get(team, name, signal);
  if (output.machine) return output.document(withoutManagers(change));
  for (const line of changeLines(change, Date.now())) output.line(line);
};
