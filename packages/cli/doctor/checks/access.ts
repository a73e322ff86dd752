import { type Check, needsPlatform, ok, problem, warning } from '../check.ts';

interface Review {
  readonly status: { readonly allowed?: boolean; readonly reason?: string };
}

/** Why something would be refused, before it is. */
export const access: Check = {
  name: 'permissions',
  async run({ client, team, signal }) {
    if (!client) return needsPlatform;
    const may = async (verb: string): Promise<Review['status']> => {
      const spec = {
        resourceAttributes: { group: 'causeway.dev', resource: 'services', verb, namespace: team },
      };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      return (
        (await client.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, {
          signal,
        })) as Review
      ).status;
    };
    const [create, list] = await Promise.all([may('create'), may('list')]);
    if (create.allowed) return ok(`You may create and change services of team ${team}.`);
    const evidence = [create.reason, list.reason].filter(
      reason => reason !== undefined && reason !== '',
    ) as string[];
    if (list.allowed)
      return warning(
        `You may only look at team ${team}.`,
        `Ask one of its owners for the role developer: platform get team ${team} -o yaml lists them.`,
        evidence,
      );
    return problem(
      `You have no role in team ${team}.`,
      'Ask one of its owners, or name your own team: --team TEAM.',
      evidence,
    );
  },
};
