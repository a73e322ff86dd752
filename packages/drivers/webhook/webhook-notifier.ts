import type { Notifier } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';

const patienceMs = 10_000;

const unavailable = (url: string, why: string): PlatformError =>
  new PlatformError('Unavailable', `${new URL(url).host} did not take it: ${why}`);

/** Tells others with a POST of a CloudEvent in structured mode (CloudEvents 1.0, HTTP protocol binding). */
export const createWebhookNotifier = (): Notifier => ({
  async notify(url, { id, type, source, time, data }, signal) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', 'user-agent': 'causeway' },
        body: JSON.stringify({
          specversion: '1.0',
          id,
          type,
          source,
          time,
          datacontenttype: 'application/json',
          data,
        }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      });
      await response.body?.cancel();
      if (!response.ok) throw unavailable(url, `the answer is ${response.status}`);
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      const { cause, message } = error as Error;
      throw unavailable(url, cause instanceof Error ? cause.message : message);
    }
  },
});
