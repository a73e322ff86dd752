import { type Insights, PlatformError, parseDuration } from '@causeway/model';
import type { Invocation } from '../invocation.ts';
import { printTable } from '../output/print-table.ts';
import { failuresText, insightsHeaders, insightsRows } from '../resources/insights-text.ts';

interface Options {
  readonly since?: string;
}

/** `7d` ago, or a date. */
export const parseSince = (text: string, now: number): string => {
  const seconds = parseDuration(text);
  const time = seconds === undefined ? Date.parse(text) : now - seconds * 1000;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new PlatformError('Usage', `'${text.slice(0, 40)}' is neither a time nor a duration.`, {
    next: 'Write --since 7d or --since 2026-01-31.',
  });
};

export const run = async (invocation: Invocation<Options>, service: string | undefined): Promise<void> => {
  const { options, output, signal } = invocation;
  const client = await invocation.client();
  // Without --team: all teams one may see, except that a service is looked up in one's own.
  const team = options.team ?? (service === undefined ? undefined : await invocation.team());
  const since = options.since === undefined ? undefined : parseSince(options.since, Date.now());
  const insights = (await client.request('GET', '/api/insights', undefined, {
    query: { team, service, since },
    signal,
  })) as Insights;
  if (output.machine) return output.document(insights);
  if (insights.services.length === 0)
    return output.note('Nothing has been recorded yet: push something first.');
  printTable(output, insightsHeaders, insightsRows(insights));
  const failures = failuresText(insights);
  if (failures) output.line(failures);
  output.note(
    'Lead time: push to serving. First traffic: from the decision to the first request from outside. All from the ledger.',
  );
};
