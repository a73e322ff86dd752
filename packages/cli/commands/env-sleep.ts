import { actOnEnvironment } from '../environments/find-environment.ts';
import { onceTold } from '../environments/once-told.ts';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const asked = await actOnEnvironment(client, await invocation.team(), name, 'sleep', {}, signal);
  const environment = await onceTold(client, asked, signal);
  if (output.machine) return output.document(environment);
  output.line(`✔ Environment '${name}' sleeps: nothing runs in it, and the first request wakes it`);
};
