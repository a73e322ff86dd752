import { type Environment, EnvironmentKind, type EnvironmentRequest } from '@causeway/model';
import { actOnEnvironment } from '../environments/find-environment.ts';
import { followEnvironment } from '../environments/follow-environment.ts';
import { printReady } from '../environments/print-ready.ts';
import { timeoutOf, type WaitingOptions } from '../following.ts';
import type { Invocation } from '../invocation.ts';

/** Which services have failed, and since when. */
const failures = ({ status }: Environment | EnvironmentRequest): string =>
  (status?.progress ?? [])
    .filter(({ step }) => step === 'Failed')
    .map(({ name, since }) => `${name} ${since}`)
    .join('\n');

export const run = async (invocation: Invocation<WaitingOptions>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  timeoutOf(options.timeout);
  const team = await invocation.team();
  const asked = await actOnEnvironment(await invocation.client(), team, name, 'retry', {}, signal);
  if (!options.wait) {
    if (output.machine) return output.document(asked);
    return output.line(`What failed in environment '${name}' is tried again`);
  }
  const { uid } = asked.metadata;
  const before = failures(asked);
  const ready = await followEnvironment(
    invocation,
    EnvironmentKind,
    { team, name, uid },
    subject => failures(subject) === before,
  );
  if (output.machine) return output.document(ready);
  printReady(output, ready);
};
