import { type Exception, isDnsLabel, isDnsSubdomain, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

export interface DecideOptions {
  readonly comment?: string;
}

/** `TEAM/NAME`, or a name in one’s own team. */
const keyOf = async (
  invocation: Invocation<DecideOptions>,
  word: string,
): Promise<{ team: string; name: string }> => {
  const [first = '', second, ...more] = word.split('/');
  const team = second === undefined ? await invocation.team() : first;
  const name = second ?? first;
  if (isDnsLabel(team) && isDnsSubdomain(name) && more.length === 0) return { team, name };
  throw new PlatformError('Usage', `'${word.slice(0, 100)}' is no exception.`, {
    next: 'Write NAME, or TEAM/NAME; `platform exception list --mine` shows those you decide on.',
  });
};

/** Approves or refuses, and says so. */
export const decideException = async (
  invocation: Invocation<DecideOptions>,
  word: string,
  approved: boolean,
): Promise<void> => {
  const { options, output, signal } = invocation;
  const { team, name } = await keyOf(invocation, word);
  const client = await invocation.client();
  const body = { approved, ...(options.comment === undefined ? {} : { comment: options.comment }) };
  const exception = (await client.request('POST', `/api/policy/exceptions/${team}/${name}/decision`, body, {
    signal,
  })) as Exception;
  if (output.machine) return output.document(exception);
  const { policy, target, expiresAt } = exception.spec;
  output.line(
    approved
      ? `✔ ${team}/${name} approved: ${policy} does not hold for ${target.kind}/${target.name} until ${expiresAt}`
      : `✔ ${team}/${name} refused: ${policy} holds for ${target.kind}/${target.name}`,
  );
};
