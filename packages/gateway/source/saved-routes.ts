import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Route, RouteKind } from '@causeway/model';

export interface SavedRoutesOptions {
  readonly path: string;
  /** Changes within this time are written together. Milliseconds. */
  readonly debounceMs: number;
  readonly onError: (error: Error) => void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A stored route, checked as if a stranger had written it; `undefined` when it is none. */
const readRoute = (value: unknown): Route | undefined => {
  if (!isObject(value) || !isObject(value.metadata)) return undefined;
  const { name, namespace, uid, generation, creationTimestamp } = value.metadata;
  const texts = [name, namespace, uid, creationTimestamp].every(text => typeof text === 'string');
  const spec = RouteKind.spec.safeParse(value.spec);
  if (!texts || typeof generation !== 'number' || !spec.success) return undefined;
  return { ...(value as unknown as Route), spec: spec.data };
};

const textOf = (routes: Iterable<Route>): string => {
  const kept = [...routes].map(({ apiVersion, kind, metadata, spec }) => ({
    apiVersion,
    kind,
    metadata,
    spec,
  }));
  return `${JSON.stringify({ format: 1, routes: kept })}\n`;
};

/** The last good configuration on disk, so that services are reachable whatever becomes of the control plane. */
export class SavedRoutes {
  readonly #options: SavedRoutesOptions;
  #timer: NodeJS.Timeout | undefined;
  #latest: (() => Iterable<Route>) | undefined;
  #writing: Promise<void> | undefined;
  /** Counts what was put in place, so that a slow write does not undo a later one. */
  #edition = 0;

  constructor(options: SavedRoutesOptions) {
    this.#options = options;
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  }

  /** What was saved; `undefined` when nothing was or it cannot be read. Routes that make no sense are left out. */
  load(): Route[] | undefined {
    try {
      const saved: unknown = JSON.parse(readFileSync(this.#options.path, 'utf8'));
      if (!isObject(saved) || saved.format !== 1 || !Array.isArray(saved.routes)) return undefined;
      return saved.routes.map(readRoute).filter(route => route !== undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#options.onError(error as Error);
      return undefined;
    }
  }

  /** Saves soon what `routes` gives then. */
  save(routes: () => Iterable<Route>): void {
    this.#latest = routes;
    this.#timer ??= setTimeout(() => this.#write(), this.#options.debounceMs).unref();
  }

  /** Saves now what is still to be saved: before the process ends or another one reads it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { path, onError } = this.#options;
    if (!this.#latest) return;
    const text = textOf(this.#latest());
    this.#latest = undefined;
    this.#edition += 1;
    const beside = `${path}.${process.pid}.now`;
    try {
      writeFileSync(beside, text, { mode: 0o600, flush: true });
      renameSync(beside, path);
    } catch (error) {
      onError(error as Error);
    }
  }

  async #write(): Promise<void> {
    await this.#writing;
    this.#timer = undefined;
    const routes = this.#latest;
    if (!routes) return;
    this.#latest = undefined;
    this.#writing = this.#replaceFile(textOf(routes())).catch(this.#options.onError);
  }

  /** Never a half-written file: written beside it, brought to disk, renamed into place. */
  async #replaceFile(text: string): Promise<void> {
    const { path } = this.#options;
    const beside = `${path}.${process.pid}`;
    this.#edition += 1;
    const edition = this.#edition;
    await writeFile(beside, text, { mode: 0o600, flush: true });
    if (this.#edition === edition) renameSync(beside, path);
    else await rm(beside);
  }
}
