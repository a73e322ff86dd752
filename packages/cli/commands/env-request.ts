import type { Client } from '@causeway/client';
import {
  apiVersionOf,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  isPlatformError,
  type KindDefinition,
  type NewObject,
  PlatformError,
  ServiceKind,
} from '@causeway/model';
import { askWish } from '../environments/ask-wish.ts';
import { findEnvironment, subjectOf } from '../environments/find-environment.ts';
import { followEnvironment } from '../environments/follow-environment.ts';
import { printReady } from '../environments/print-ready.ts';
import { readWish } from '../environments/read-wish.ts';
import { type Wish, type WishOptions, wishOf, wishText } from '../environments/wish.ts';
import { suggestedFile, writeFileAnew } from '../environments/wish-file.ts';
import { timeoutOf, type WaitingOptions } from '../following.ts';
import type { Invocation } from '../invocation.ts';
import { createQuestions } from '../output/ask.ts';
import { nextCommand } from '../resources/next-command.ts';
import { refuseOtherGroups } from '../resources/served-groups.ts';

interface Options extends WishOptions, WaitingOptions {
  readonly file?: string;
  readonly interactive?: boolean;
  readonly print?: boolean;
  readonly dryRun?: boolean;
}

interface Request {
  /** In the group that it is written in. */
  readonly kind: KindDefinition;
  readonly wish: Wish;
  readonly team: string;
}

/** What the file and the options say; the owner in a file says whose it is, as long as nothing else does. */
const given = async (invocation: Invocation<Options>, name: string | undefined): Promise<Request> => {
  const { options, stdin } = invocation;
  if (options.file === undefined) {
    const team = await invocation.team();
    return { kind: EnvironmentRequestKind, wish: wishOf(name, options, team), team };
  }
  const manifest = await readWish(options.file, stdin);
  const wish = wishOf(name, options, undefined, manifest.object as unknown as Wish);
  if (!options.print) await refuseOtherGroups(await invocation.client(), [manifest], invocation.signal);
  const team = wish.metadata.namespace ?? options.team ?? wish.spec.owner ?? (await invocation.team());
  return { kind: manifest.kind, wish, team };
};

const agrees = (answer: string): boolean => /^y(es)?$/i.test(answer);

/** Asks, writes the file, and asks whether to send it. `undefined` when that is for later. */
const asked = async (
  invocation: Invocation<Options>,
  name: string | undefined,
): Promise<Request | undefined> => {
  const { options, output, stdin, signal } = invocation;
  const [client, team] = await Promise.all([invocation.client(), invocation.team()]);
  const { items } = await client.resource(ServiceKind).list({ namespace: team, signal });
  const services = items.map(one => one.metadata.name).sort();
  if (services.length === 0)
    throw new PlatformError('NotFound', `Team ${team} has no services that could run in an environment.`, {
      next: 'Create one first: platform create service NAME',
    });
  const questions = createQuestions({ stdin, stderr: output.stderr, signal });
  try {
    const said = await askWish(questions, { team, services, name, options });
    const wish = wishOf(said.name, said.options, team);
    const file =
      options.file ?? (await questions.ask('Write it to', await suggestedFile(wish.metadata.name)));
    const replace = async () => agrees(await questions.ask(`${file} is there: overwrite it (y/n)`, 'n'));
    await writeFileAnew(file, await wishText(wish), replace);
    output.note(`Written to ${file}:\n\n${await wishText(wish)}`);
    if (agrees(await questions.ask('Send it now (y/n)', 'y')))
      return { kind: EnvironmentRequestKind, wish, team };
    output.line(`To have it by way of a repository: commit ${file} in its folder platform/ and push.`);
    output.line(`To send it yourself: platform env request -f ${file}`);
    return undefined;
  } finally {
    questions.close();
  }
};

/** Says what can be done about the one that is there. */
const alreadyThere = async (
  invocation: Invocation<Options>,
  client: Client,
  team: string,
  name: string,
): Promise<PlatformError> => {
  const { status } = subjectOf(await findEnvironment(client, team, name, invocation.signal));
  return status?.phase === 'Gone'
    ? new PlatformError('AlreadyExists', `There was an environment '${name}' in team ${team} before.`, {
        next: `To have it again: ${nextCommand(invocation, `env recreate ${name}`)}`,
      })
    : new PlatformError('AlreadyExists', `There is an environment '${name}' in team ${team} already.`, {
        next: `See it: ${nextCommand(invocation, `env describe ${name}`)}; to change what it asks for: platform apply -f FILE`,
      });
};

const create = async (
  invocation: Invocation<Options>,
  { kind, wish, team }: Request,
): Promise<EnvironmentRequest> => {
  const { options, signal } = invocation;
  const client = await invocation.client();
  try {
    return (await client
      .resource(kind)
      .create(team, { ...wish, metadata: { ...wish.metadata, namespace: team } } as NewObject<never, never>, {
        dryRun: options.dryRun ?? false,
        strict: true,
        signal,
      })) as EnvironmentRequest;
  } catch (error) {
    if (!isPlatformError(error, 'AlreadyExists')) throw error;
    throw await alreadyThere(invocation, client, team, wish.metadata.name);
  }
};

export const run = async (invocation: Invocation<Options>, name: string | undefined): Promise<void> => {
  const { options, output } = invocation;
  const { interactive = false, print = false, dryRun = false, wait } = options;
  // Nothing is sent that could not be followed.
  timeoutOf(options.timeout);
  if (print) return void output.stdout.write(await wishText((await given(invocation, name)).wish));
  const request = interactive ? await asked(invocation, name) : await given(invocation, name);
  if (!request) return;
  const made = await create(invocation, request);
  const { metadata } = made;
  if (dryRun || !wait) {
    if (output.machine) return output.document(made);
    return output.line(
      dryRun
        ? `Environment '${metadata.name}' would be requested (dry run)`
        : `Environment '${metadata.name}' is requested; see: ${nextCommand(invocation, `env describe ${metadata.name}`)}`,
    );
  }
  const ready = await followEnvironment(invocation, EnvironmentRequestKind, {
    team: request.team,
    name: metadata.name,
    uid: metadata.uid,
  });
  if (output.machine) return output.document({ ...ready, apiVersion: apiVersionOf(EnvironmentRequestKind) });
  printReady(output, ready);
};
