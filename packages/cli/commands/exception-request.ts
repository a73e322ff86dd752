import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@causeway/client';
import { ExceptionKind, findCondition, isDnsSubdomain, kinds, PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { parseExpiry } from '../policies/parse-expiry.ts';

interface Options {
  readonly reason: string;
  readonly expires: string;
  readonly rule?: string;
  readonly ticket?: string;
  readonly control?: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

/** A kind of ours by any of its names; one of others as it is written. */
const kindNamed = (word: string): string => {
  const wanted = word.toLowerCase();
  const found = kinds.find(({ kind, plural, singular, shortNames }) =>
    [kind.toLowerCase(), plural, singular, ...shortNames].includes(wanted),
  );
  return found?.kind ?? word;
};

const targetOf = (word: string): { kind: string; name: string } => {
  const [kind = '', name = '', ...more] = word.split('/');
  if (kind !== '' && name !== '' && more.length === 0) return { kind: kindNamed(kind), name };
  throw new PlatformError('Usage', `'${word.slice(0, 100)}' is not KIND/NAME.`, {
    next: 'Name what is to be excepted: service/orders, Deployment/web, or service/legacy-* for all that begin so.',
  });
};

/** Says what it is for, and is the same when asked again. */
const nameFor = (policy: string, { kind, name }: { kind: string; name: string }): string =>
  `${policy}.${kind}-${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/[-.]+$/, '')
    .slice(0, 200);

const lookEveryMs = 100;
const looks = 20;

/** Who decides, in the platform’s words: it knows which teams there are. */
const whoDecides = async (
  client: Client,
  team: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> => {
  for (let look = 0; look < looks; look += 1) {
    const { status } = await client.resource(ExceptionKind).get(team, name, signal);
    const said = findCondition(status?.conditions, 'Approved');
    if (said) return said.message;
    await sleep(lookEveryMs, undefined, signal ? { signal } : {});
  }
  return 'Somebody else decides.';
};

export const run = async (invocation: Invocation<Options>, policy: string, word: string): Promise<void> => {
  const { options, output, signal } = invocation;
  const { reason, expires, rule, ticket, control, dryRun = false } = options;
  const target = targetOf(word);
  const name = options.name ?? nameFor(policy, target);
  if (!isDnsSubdomain(name) || !isDnsSubdomain(policy))
    throw new PlatformError(
      'Usage',
      `'${(isDnsSubdomain(policy) ? name : policy).slice(0, 100)}' is no name.`,
      {
        next: 'Use lower-case letters, digits, hyphens and dots.',
      },
    );
  const expiresAt = parseExpiry(expires, Date.now());
  const client = await invocation.client();
  const team = await invocation.team();
  const exception = await client.resource(ExceptionKind).create(
    team,
    {
      metadata: { name },
      spec: {
        policy,
        target,
        reason,
        expiresAt,
        ...(rule === undefined ? {} : { rule }),
        ...(ticket === undefined ? {} : { ticket }),
        ...(control === undefined ? {} : { compensatingControl: control }),
      },
    },
    { dryRun, signal },
  );
  if (output.machine) return output.document(exception);
  if (dryRun) return output.line(`exception '${name}' would be requested (dry run)`);
  output.line(`✔ Exception '${name}' requested until ${expiresAt}`);
  output.line(`${await whoDecides(client, team, name, signal)} It counts once they approve it:`);
  output.line(`  platform exception approve ${team}/${name}`);
};
