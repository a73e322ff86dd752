import { actOnEnvironment } from '../environments/find-environment.ts';
import { onceTold } from '../environments/once-told.ts';
import { endInWords, timeInWords } from '../environments/words.ts';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation, name: string): Promise<void> => {
  const { output, signal } = invocation;
  const client = await invocation.client();
  const asked = await actOnEnvironment(client, await invocation.team(), name, 'renew', {}, signal);
  const environment = await onceTold(client, asked, signal);
  if (output.machine) return output.document(environment);
  const { expiresAt } = environment.status ?? {};
  const end = expiresAt ? `: it goes ${endInWords(expiresAt, Date.now())} (${timeInWords(expiresAt)})` : '';
  output.line(`✔ The time of environment '${name}' begins anew${end}`);
};
