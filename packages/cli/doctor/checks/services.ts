import { findCondition, ServiceKind } from '@causeway/model';
import { type Check, needsPlatform, ok, problem, skipped, warning } from '../check.ts';

const shownLines = 5;

/** Services that do not serve what they should, with the cause that is known already. */
export const services: Check = {
  name: 'services',
  async run({ client, team, signal }) {
    if (!client) return needsPlatform;
    const { items } = await client.resource(ServiceKind).list({ namespace: team, signal });
    if (items.length === 0) return skipped(`Team ${team} has no services yet.`);
    const findings = items.flatMap(({ metadata, status = {} }) => {
      const message = findCondition(status.conditions, 'Ready')?.message ?? '';
      const fix = status.failure?.next ?? `See platform describe service ${metadata.name}.`;
      if (status.phase === 'Failed')
        return [
          problem(
            `${metadata.name} does not serve. ${message}`,
            fix,
            status.failure?.evidence.slice(-shownLines),
          ),
        ];
      if (status.failure)
        return [
          warning(
            `${metadata.name} serves an older release. ${message}`,
            fix,
            status.failure.evidence.slice(-shownLines),
          ),
        ];
      return [];
    });
    return findings.length > 0
      ? findings
      : ok(`${items.length} of ${items.length} services of team ${team} are well.`);
  },
};
