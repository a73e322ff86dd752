import type { TestApi } from './test-api.ts';

export interface WatchLine {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came.
  readonly object: any;
}

export interface OpenWatch {
  readonly status: number;
  /** The next event; `undefined` when the server ended the watch. */
  next(): Promise<WatchLine | undefined>;
  /** The next so many. */
  take(count: number): Promise<WatchLine[]>;
  close(): void;
}

/** A watch over HTTP, read event by event. */
export const openWatch = async (
  api: TestApi,
  token: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<OpenWatch> => {
  const controller = new AbortController();
  const response = await fetch(api.url + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: controller.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  const next = async (): Promise<WatchLine | undefined> => {
    for (;;) {
      const end = rest.indexOf('\n');
      if (end >= 0) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        return JSON.parse(line);
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      rest += value;
    }
  };
  return {
    status: response.status,
    next,
    async take(count) {
      const lines: WatchLine[] = [];
      while (lines.length < count) {
        const line = await next();
        if (!line) throw new Error(`the watch ended after ${lines.length} of ${count} events`);
        lines.push(line);
      }
      return lines;
    },
    close: () => controller.abort(),
  };
};
