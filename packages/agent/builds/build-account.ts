import { type Account, teamUid } from '@causeway/drivers';

/**
 * Who a team's builds run as, or `undefined` where this process is no root and cannot choose. Its user is not the one its workloads
 * run as, so that these cannot change what later builds use; the group is the same, so that they can read it.
 */
export const buildAccount = async (data: string, team: string): Promise<Account | undefined> =>
  process.getuid?.() === 0
    ? { uid: await teamUid(data, `${team}/build`), gid: await teamUid(data, team) }
    : undefined;
