import { type ChangeRequest, ChangeRequestKind, productionEnvironment, ServiceKind } from '@causeway/model';
import { actOnChange, type FoundChange, findChange } from '../changes/find-change.ts';
import { following, type WaitingOptions, withoutStep } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { nextCommand } from '../resources/next-command.ts';
import { destinationOf, printServing } from '../resources/print-serving.ts';
import { withoutManagers } from '../resources/without-managers.ts';

interface Options extends WaitingOptions {
  readonly method: string;
}

/** Whether the merge is released: other branches are only kept. */
const isReleased = async ({ client, team }: FoundChange, { spec }: ChangeRequest): Promise<boolean> =>
  (await client.resource(ServiceKind).get(team, spec.service)).spec.branch === spec.target;

export const run = async (invocation: Invocation<Options>, word: string): Promise<void> => {
  const { output, options, signal } = invocation;
  const found = await findChange(invocation, word);
  const { client, team, name } = found;
  const change = await actOnChange(found, 'merge', { method: options.method });
  const { service, target } = change.spec;
  const commit = change.status?.merged?.commit ?? '';
  output.line(`✔ ${name} merged: ${target} is at ${commit.slice(0, 10)}`);
  if (options.wait && (await isReleased(found, change))) {
    const platform = await invocation.platform();
    const served = await following(invocation, service, follow =>
      platform.follow(service, commit, { team, ...follow }),
    ).catch(withoutStep);
    const environment = await destinationOf(invocation, served);
    if (environment === productionEnvironment && served.url) output.line(`  ${served.url}`);
    else if (environment !== undefined && !output.machine)
      await printServing(invocation, served, `serves in ${environment}`, environment);
  }
  if (output.machine)
    return output.document(withoutManagers(await client.resource(ChangeRequestKind).get(team, name, signal)));
  output.line(`next: ${nextCommand(invocation, `change describe ${name}`)}`);
};
