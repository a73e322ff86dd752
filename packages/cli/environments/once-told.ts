import { type Client, waitUntil } from '@causeway/client';
import { type Environment, EnvironmentKind, isPlatformError } from '@causeway/model';

/** Within that time the platform says when an environment ends now. */
const toldWithinMs = 10_000;

/** An environment once its status is about what was last asked for. As it was, when that takes too long. */
export const onceTold = async (
  client: Client,
  asked: Environment,
  signal: AbortSignal,
): Promise<Environment> => {
  const { name, namespace = '', generation, uid } = asked.metadata;
  const isTold = (one: Environment | undefined): boolean =>
    one?.metadata.uid !== uid ||
    (one.status?.conditions?.find(({ type }) => type === 'Ready')?.observedGeneration ?? 0) >= generation;
  try {
    const told = await waitUntil(client, EnvironmentKind, namespace, name, isTold, {
      timeoutMs: toldWithinMs,
      signal,
    });
    return told ?? asked;
  } catch (error) {
    if (isPlatformError(error, 'Timeout')) return asked;
    throw error;
  }
};
