import { ServiceKind } from '@causeway/model';
import { ask } from '../ask.ts';
import { type Check, ok, problem, skipped, warning } from '../check.ts';

/** The gateway counts every request of a service: a series without any is a service that nobody has asked. */
export const metrics: Check = {
  name: 'metrics',
  async run({ client, data, port, processes, signal, team }) {
    if (!processes) return skipped('The gateway does not run on this machine.');
    const address = `http://127.0.0.1:${port + 11}/metrics`;
    const answered = await ask(port + 11, '/metrics', signal).catch(error => ({
      status: 0,
      body: (error as Error).message,
    }));
    if (answered.status !== 200)
      return problem(
        `The gateway gives no metrics at ${address}.`,
        `Its log says why: ${data}/logs/platform/gateway.log.`,
        [answered.body.slice(0, 200)],
      );
    const services = client
      ? (
          await client
            .resource(ServiceKind)
            .list({ namespace: team, fieldSelector: 'status.phase=Running', signal })
        ).items
      : [];
    const without = services
      .map(({ metadata }) => metadata.name)
      .filter(name => !answered.body.includes(`service="${name}"`));
    if (without.length === 0) return ok(`Metrics are at ${address}.`);
    return warning(
      `Metrics are at ${address}, but there are none of: ${without.join(', ')}.`,
      'They begin with the first request through the gateway: platform open NAME.',
    );
  },
};
