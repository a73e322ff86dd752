import { type Environment, TeamKind, toPlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import type { Lifetime } from '../life/lifetime.ts';
import { noticeOf } from './notice.ts';

/**
 * Tells the owner that an environment is about to end: as an event, and at the team’s webhook. Each warning is given once; one
 * that the webhook did not take is given again. Returns the warnings given so far.
 */
export const warn = async (
  { engine, notifier }: Pick<Capabilities, 'engine' | 'notifier'>,
  environment: Environment,
  life: Lifetime | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const given = environment.status?.warned ?? [];
  const due = (life?.due ?? []).filter(({ id }) => !given.includes(id));
  // After an outage several are due at once: the last says it all.
  const last = due.at(-1);
  if (!last) return given;
  const { name, namespace = '' } = environment.metadata;
  const webhook = engine.store.peek(TeamKind, { namespace: '', name: namespace })?.spec.webhook;
  if (webhook !== undefined) {
    try {
      await notifier.notify(
        webhook,
        noticeOf(environment, 'expiring', last.id, { within: last.name }),
        signal,
      );
    } catch (error) {
      engine.recordEvent(
        environment,
        'Warning',
        'WebhookFailed',
        `The team's webhook was not told that it expires: ${toPlatformError(error).message}`,
      );
      return given;
    }
  }
  engine.recordEvent(
    environment,
    'Normal',
    'Expiring',
    `It goes within ${last.name}. To keep it: platform env extend ${name} --by 7d --team ${namespace}`,
  );
  return [...given, ...due.map(({ id }) => id)];
};
