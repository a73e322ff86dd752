import { EventKind, RolloutKind } from '@causeway/model';
import { environmentLines } from '../environments/environment-text.ts';
import { findEnvironment, subjectOf } from '../environments/find-environment.ts';
import type { Invocation } from '../invocation.ts';
import type { ShownEvent } from '../resources/description.ts';
import { withoutManagers } from '../resources/without-managers.ts';

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const team = await invocation.team();
  const found = await findEnvironment(client, team, name, signal);
  if (output.machine) return output.document(withoutManagers(subjectOf(found)));
  const [{ items }, rollouts] = await Promise.all([
    client
      .resource(EventKind)
      .list({ namespace: team, fieldSelector: `involvedObject.name=${name}`, signal }),
    client.resource(RolloutKind).list({ namespace: team, fieldSelector: `spec.environment=${name}`, signal }),
  ]);
  const events = (items as unknown as (ShownEvent & { involvedObject: { kind: string } })[])
    .filter(({ involvedObject: { kind } }) => kind === 'Environment' || kind === 'EnvironmentRequest')
    .toSorted((a, b) => a.lastTimestamp.localeCompare(b.lastTimestamp));
  for (const line of environmentLines(
    { ...found, events, rollouts: rollouts.items, givenTeam: invocation.options.team },
    Date.now(),
  ))
    output.line(line);
};
