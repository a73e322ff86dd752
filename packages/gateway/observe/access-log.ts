import type { LogFile } from './log-file.ts';

/** What is known of a request when it is over. No header, no query, no address of a person. */
export interface AccessRecord {
  readonly environment: string;
  readonly method: string;
  /** May hold a query: it is left out, because queries hold secrets. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Bytes of the response's body. */
  readonly bytes: number;
  /** '' when no backend answered. */
  readonly release: string;
  readonly requestId: string;
  readonly traceId: string;
  /** The client went before the end, or the backend broke off. */
  readonly aborted: boolean;
}

const plain = /^[!#-[\]-~]*$/;

/** As JSON.stringify, quicker for what needs no escape. */
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

const withoutQuery = (path: string): string => {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
};

export const accessLine = (record: AccessRecord, time: string): string => {
  const { status, bytes, requestId, traceId } = record;
  const duration = Math.round(record.durationMs * 1000) / 1000;
  return (
    `{"time":"${time}","environment":${quoted(record.environment)},"method":${quoted(record.method)},` +
    `"path":${quoted(withoutQuery(record.path))},"status":${status},"durationMs":${duration},"bytes":${bytes},` +
    `"release":${quoted(record.release)},"requestId":"${requestId}","traceId":"${traceId}"` +
    `${record.aborted ? ',"aborted":true' : ''}}\n`
  );
};

/** The access log of one service: one JSON object a line. */
export class AccessLog {
  readonly #file: LogFile;
  readonly #now: () => number;
  #second = 0;
  #time = '';

  /** `now`: milliseconds since 1970. */
  constructor(file: LogFile, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  write(record: AccessRecord): void {
    this.#file.append(accessLine(record, this.#timestamp()));
  }

  #timestamp(): string {
    const now = this.#now();
    if (now !== this.#second) {
      this.#second = now;
      this.#time = new Date(now).toISOString();
    }
    return this.#time;
  }
}
