import type { Exception, Policy } from '@causeway/model';

type Counted = NonNullable<NonNullable<Policy['status']>['exceptions']>;

/** So many teams that need the same exception say that the road lacks something. */
const teamsOfAMissingFeature = 3;
const kept = 500;

const none: Counted = { active: 0, given: [], teams: [], missingFeature: false };

/**
 * What a policy’s status says of exceptions, with one more that was given. It stays when the exception ends or is deleted:
 * it is what the roadmap is drawn from. The same object when nothing changes.
 */
export const withException = (
  before: Counted = none,
  { metadata, spec }: Pick<Exception, 'metadata' | 'spec'>,
  active: number,
): Counted => {
  const known = before.given.some(({ uid }) => uid === metadata.uid);
  if (known && before.active === active) return before;
  if (known) return { ...before, active };
  const team = metadata.namespace ?? '';
  const given = [
    ...before.given,
    {
      uid: metadata.uid,
      team,
      name: metadata.name,
      target: `${spec.target.kind}/${spec.target.name}`,
      reason: spec.reason.slice(0, 200),
      at: spec.decision?.at ?? '',
    },
  ].slice(-kept);
  const ofTeam = before.teams.find(one => one.team === team)?.given ?? 0;
  const teams = [...before.teams.filter(one => one.team !== team), { team, given: ofTeam + 1 }].sort(
    (a, b) => (a.team < b.team ? -1 : 1),
  );
  return { active, given, teams, missingFeature: teams.length >= teamsOfAMissingFeature };
};
