import { EnvironmentKind } from '@causeway/model';
import { actOnEnvironment } from '../environments/find-environment.ts';
import { followEnvironment } from '../environments/follow-environment.ts';
import { placeLines } from '../environments/print-ready.ts';
import { timeoutOf, type WaitingOptions } from '../following.ts';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation<WaitingOptions>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  timeoutOf(options.timeout);
  const team = await invocation.team();
  const asked = await actOnEnvironment(await invocation.client(), team, name, 'wake', {}, signal);
  if (!options.wait) {
    if (output.machine) return output.document(asked);
    return output.line(`Environment '${name}' is being woken`);
  }
  const { uid } = asked.metadata;
  const awake = await followEnvironment(
    invocation,
    EnvironmentKind,
    { team, name, uid },
    ({ status }) => status?.phase === 'Asleep',
  );
  if (output.machine) return output.document(awake);
  output.line(`✔ Environment '${name}' is awake`);
  for (const line of placeLines(awake, Date.now())) output.line(line);
};
