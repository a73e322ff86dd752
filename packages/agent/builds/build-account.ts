import { type Account, type Isolation, teamUid } from '@causeway/drivers';

/**
 * Who a team's builds run as, or `undefined` where the platform cannot choose. Their user is not the one the team's workloads run as,
 * so that these cannot change what later builds use; the group is the same, so that they can read it.
 */
export const buildAccount = async (
  data: string,
  team: string,
  isolation: Isolation,
): Promise<Account | undefined> =>
  isolation === 'namespaces' || isolation === 'user'
    ? { uid: await teamUid(data, `${team}/build`), gid: await teamUid(data, team) }
    : undefined;
