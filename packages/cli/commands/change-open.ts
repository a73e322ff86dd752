import { setTimeout as sleep } from 'node:timers/promises';
import { type ChangeRequest, ChangeRequestKind, ServiceKind } from '@causeway/model';
import { changeLines } from '../changes/change-text.ts';
import type { Invocation } from '../invocation.ts';
import { nextCommand } from '../resources/next-command.ts';

interface Options {
  readonly title?: string;
  readonly description?: string;
  readonly target?: string;
}

const lookEveryMs = 100;
const looks = 100;

export const run = async (
  invocation: Invocation<Options>,
  service: string,
  source: string,
): Promise<void> => {
  const { options, output, signal } = invocation;
  const { title, description, target } = options;
  const client = await invocation.client();
  const team = await invocation.team();
  let change = (await client.action(ServiceKind, team, service, 'change', {
    source,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(target === undefined ? {} : { target }),
  })) as ChangeRequest;
  const { name } = change.metadata;
  for (let look = 0; look < looks && change.status?.mergeable === undefined; look += 1) {
    await sleep(lookEveryMs, undefined, { signal });
    change = await client.resource(ChangeRequestKind).get(team, name, signal);
  }
  if (output.machine) return output.document(change);
  for (const line of changeLines(change, Date.now())) output.line(line);
  output.line();
  const verb = change.status?.mergeable?.ready ? 'merge' : 'describe';
  output.line(`next: ${nextCommand(invocation, `change ${verb} ${name}`)}`);
};
