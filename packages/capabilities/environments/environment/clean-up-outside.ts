import { type Environment, toPlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { noticeOf } from './notice.ts';

const againMs = 15_000;

export interface CleanedOutside {
  /** The names of what has been cleaned up. */
  readonly cleaned: readonly string[];
  /** What stands in the way of the end, if anything does. */
  readonly waitsFor: string | undefined;
  readonly againMs: number;
}

/** Tells what must be cleaned up outside, each until it has answered; what answered is not told again. */
export const cleanUpOutside = async (
  { notifier }: Pick<Capabilities, 'notifier'>,
  environment: Environment,
  signal: AbortSignal,
): Promise<CleanedOutside> => {
  const cleaned = [...(environment.status?.cleaned ?? [])];
  const waits: string[] = [];
  for (const { name, url } of environment.spec.cleanup ?? []) {
    if (cleaned.includes(name)) continue;
    try {
      await notifier.notify(
        url,
        noticeOf(environment, 'cleanup', `cleanup/${name}`, { cleanup: name }),
        signal,
      );
      cleaned.push(name);
    } catch (error) {
      waits.push(`${name} (${toPlatformError(error).message})`);
    }
  }
  return {
    cleaned,
    waitsFor:
      waits.length === 0
        ? undefined
        : `Waits for the clean-up of ${waits.join(', ')}. It is asked again; without its entry in spec.cleanup the environment goes at once.`,
    againMs,
  };
};
