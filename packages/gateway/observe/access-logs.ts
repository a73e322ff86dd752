import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDnsLabel } from '@causeway/model';
import { AccessLog } from './access-log.ts';
import { LogFile } from './log-file.ts';

export interface AccessLogsOptions {
  readonly folder: string;
  /** A file this large is put aside as `.1`. Bytes. */
  readonly maxFileBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (path: string, error: Error) => void;
}

const flushEveryMs = 250;

/** The access logs of all services, a file each: `TEAM.SERVICE.log`. Several routes of a service share one. */
export class AccessLogs {
  readonly #options: AccessLogsOptions;
  readonly #files = new Map<string, LogFile>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: AccessLogsOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o750 });
    this.#timer = setInterval(() => this.#flush(), flushEveryMs).unref();
  }

  of(team: string, service: string): AccessLog {
    // Names of resources are labels; anything else must not become a path.
    const name = isDnsLabel(team) && isDnsLabel(service) ? `${team}.${service}` : '_';
    let file = this.#files.get(name);
    if (!file) {
      const path = join(this.#options.folder, `${name}.log`);
      const { maxFileBytes, onError } = this.#options;
      file = new LogFile({ path, maxBytes: maxFileBytes, onError: error => onError(path, error) });
      this.#files.set(name, file);
    }
    return new AccessLog(file, this.#options.now);
  }

  /** Lines that could not be written so far. */
  get dropped(): number {
    let sum = 0;
    for (const file of this.#files.values()) sum += file.dropped;
    return sum;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const file of this.#files.values()) file.close();
  }

  #flush(): void {
    for (const file of this.#files.values()) void file.flush();
  }
}
