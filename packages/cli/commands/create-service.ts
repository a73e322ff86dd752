import { emptyTemplate, type PlatformService } from '@causeway/client';
import { isPlatformError, PlatformError } from '@causeway/model';
import { FollowedError, following, type WaitingOptions } from '../following.ts';
import { cloneCommand } from '../git-credentials/configure-git.ts';
import type { Invocation } from '../invocation.ts';
import { givenName } from '../resources/given-name.ts';
import { nextCommand } from '../resources/next-command.ts';

interface Options extends WaitingOptions {
  readonly name?: string;
  readonly template: string;
  readonly description?: string;
  readonly dryRun?: boolean;
}

export const run = async (invocation: Invocation<Options>, positional: string | undefined): Promise<void> => {
  const { options, output } = invocation;
  const { template, description, wait, dryRun = false } = options;
  const name = givenName('service', positional, options.name);
  const platform = await invocation.platform();
  const wanted = {
    name,
    team: await invocation.team(),
    template,
    ...(description === undefined ? {} : { description }),
    wait,
    dryRun,
    // The person decided when the command began, not when it got as far as this line.
    decidedAt: new Date(performance.timeOrigin),
  };
  const service = await following(invocation, name, follow =>
    platform.createService({ ...wanted, ...follow }),
  ).catch(error => {
    throw error instanceof FollowedError ? failedCreation(name, error) : error;
  });
  if (output.machine) return output.document(service.object);
  if (dryRun) return output.line(`Service '${name}' would be created (dry run)`);
  if (!wait)
    return output.line(
      `Service '${name}' is being created; see: ${nextCommand(invocation, `get service ${name}`)}`,
    );
  output.line(`✔ Service '${name}' created successfully`);
  await printNext(invocation, service, template);
};

/** The service exists; only its first release went wrong. Says at which step, and that a corrected push resumes. */
const failedCreation = (name: string, { cause, step }: FollowedError): unknown => {
  if (!isPlatformError(cause) || cause.code === 'Timeout' || cause.code === 'NotFound') return cause;
  const where = step.state === 'Failed' ? `: step '${step.name}' failed` : '';
  return new PlatformError(cause.code, `Service '${name}' is not running${where}. ${cause.message}`, {
    evidence: cause.evidence,
    causes: cause.causes,
    next:
      where !== '' && step.name === 'repository'
        ? `Remove it with \`platform delete service ${name}\`, then create it anew.`
        : `${cause.next} The service is there and resumes by itself after a corrected push; \`platform delete service ${name}\` removes it.`,
  });
};

const printNext = async (
  invocation: Invocation<Options>,
  service: PlatformService,
  template: string,
): Promise<void> => {
  const { output } = invocation;
  const { cloneUrl = '', url, name } = service;
  if (url && template !== emptyTemplate) output.line(`  URL    ${url}`);
  output.line(`  Clone  ${cloneUrl}`);
  output.line();
  output.line('Next:');
  output.line(
    `  ${await cloneCommand(await invocation.data(), await invocation.credentials(), cloneUrl, invocation.env)}`,
  );
  output.line(`  cd ${name}, edit and commit, then: git push`);
};
