import { type EnvironmentRequest, EnvironmentRequestKind, isPlatformError } from '@causeway/model';
import { findEnvironment } from '../environments/find-environment.ts';
import { followEnvironment } from '../environments/follow-environment.ts';
import { printReady } from '../environments/print-ready.ts';
import { timeoutOf, type WaitingOptions } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { nextCommand } from '../resources/next-command.ts';

export const run = async (invocation: Invocation<WaitingOptions>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  timeoutOf(options.timeout);
  const team = await invocation.team();
  const client = await invocation.client();
  const asked = (await client.action(EnvironmentRequestKind, team, name, 'recreate').catch(async error => {
    // What was never asked for with a request cannot be asked for again: those there are may be meant.
    if (isPlatformError(error, 'NotFound')) await findEnvironment(client, team, name, signal);
    throw error;
  })) as EnvironmentRequest;
  if (!options.wait) {
    if (output.machine) return output.document(asked);
    return output.line(
      `Environment '${name}' is requested again; see: ${nextCommand(invocation, `env describe ${name}`)}`,
    );
  }
  const { uid } = asked.metadata;
  const ready = await followEnvironment(
    invocation,
    EnvironmentRequestKind,
    { team, name, uid },
    ({ status }) => status?.phase === 'Gone',
  );
  if (output.machine) return output.document(ready);
  printReady(output, ready);
};
