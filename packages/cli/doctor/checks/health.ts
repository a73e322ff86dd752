import { type HealthLine, readHealth } from '../../health/read-health.ts';
import { type Check, type Finding, ok, problem, skipped, warning } from '../check.ts';

const findingOf =
  (data: string) =>
  ({ name, state, reason }: HealthLine): Finding =>
    (state === 'failed' ? problem : warning)(
      `The server is ${state === 'failed' ? 'not ready' : 'ready, with one thing not well'}: ${name}.`,
      `Do what the reason asks; the server’s log says more: ${data}/logs/platform/server.log.`,
      reason === undefined ? [] : [reason],
    );

/** What the server itself finds not well. */
export const health: Check = {
  name: 'health',
  async run({ data, port, processes, signal }) {
    if (!processes) return skipped('The server does not run on this machine.');
    const lines = await readHealth(data, port, signal).catch(() => []);
    if (lines.length === 0) return skipped('The server does not answer.');
    const unwell = lines.filter(({ state }) => state !== 'ok');
    if (unwell.length > 0) return unwell.map(findingOf(data));
    return ok(`The server finds itself well: ${lines.map(({ name }) => name).join(', ')}.`);
  },
};
