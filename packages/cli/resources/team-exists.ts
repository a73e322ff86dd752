import { isPlatformError, TeamKind } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

/** Before a team is said to have nothing: throws `NotFound` when there is no such team. */
export const checkTeamExists = async (
  invocation: Pick<Invocation, 'client' | 'team' | 'signal'>,
): Promise<void> => {
  const client = await invocation.client();
  try {
    await client.resource(TeamKind).get('', await invocation.team(), invocation.signal);
  } catch (error) {
    // Whoever may not read teams is told no more than that there is nothing.
    if (!isPlatformError(error, 'Forbidden')) throw error;
  }
};
