import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  type Build,
  BuildKind,
  BuildSettings,
  type KindDefinition,
  type KindObject,
  kindId,
  PlatformError,
} from '@causeway/model';
import type { RunBuildsOptions } from '../run-builds.ts';

type Client = RunBuildsOptions['client'];
type Change = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KindObject) => void;

export interface NewBuild {
  readonly team?: string;
  readonly service?: string;
  readonly commit: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as object) };
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  return result;
};

/** What the executor needs of an API, in memory: get, list, status patches with conflicts, changes as they happen. */
export class MemoryPlatform {
  readonly #objects = new Map<string, Map<string, KindObject>>();
  readonly #changes = new EventEmitter();
  #version = 0;
  #sequence = 0;
  /** How often a status was written. */
  writes = 0;

  /** What policies say of a plan. */
  judgePlan: (path: string, plan: unknown) => Promise<{ warnings: readonly string[] }> = async () => ({
    warnings: [],
  });

  readonly client: Client = {
    request: (_method: string, path: string, plan: unknown) => this.judgePlan(path, plan),
    resource: (kind: KindDefinition) => ({
      get: async (namespace: string, name: string) => this.#find(kind, namespace, name),
      list: async () => ({ items: [...this.#of(kind).values()], resourceVersion: String(this.#version) }),
      patchStatus: async (namespace: string, name: string, patch: Record<string, unknown>) => {
        this.writes++;
        const found = this.#find(kind, namespace, name);
        const { metadata, status } = patch as { metadata?: { resourceVersion?: string }; status: unknown };
        if (
          metadata?.resourceVersion !== undefined &&
          metadata.resourceVersion !== found.metadata.resourceVersion
        )
          throw new PlatformError('Conflict', 'changed meanwhile');
        return this.#put(
          kind,
          { ...found, status: merged(found.status, status) as Record<string, unknown> },
          'MODIFIED',
        );
      },
    }),
    inform: async (
      kind: KindDefinition,
      options: { onChange: Change; onSynced?: () => void; signal: AbortSignal },
    ) => {
      for (const object of this.#of(kind).values()) options.onChange('ADDED', object);
      const listener: Change = (type, object) => options.onChange(type, object);
      this.#changes.on(kindId(kind), listener);
      options.onSynced?.();
      if (!options.signal.aborted) await once(options.signal, 'abort');
      this.#changes.off(kindId(kind), listener);
    },
  } as unknown as Client;

  addBuild({ team = 'shop', service = 'api', commit, settings = {}, annotations = {} }: NewBuild): Build {
    const sequence = ++this.#sequence;
    const build = {
      apiVersion: 'causeway.dev/v1',
      kind: 'Build',
      metadata: { name: `${service}.${sequence}`, namespace: team, annotations },
      spec: {
        service,
        commit,
        sequence,
        requestedBy: 'alice',
        reason: 'push',
        settings: BuildSettings.parse(settings),
      },
    };
    return this.add(BuildKind, build) as unknown as Build;
  }

  add(
    kind: KindDefinition,
    object: { metadata: { name: string; namespace: string } } & Record<string, unknown>,
  ): KindObject {
    const metadata = {
      uid: randomUUID(),
      generation: 1,
      creationTimestamp: new Date().toISOString(),
      ...object.metadata,
    };
    return this.#put(kind, { ...object, metadata } as unknown as KindObject, 'ADDED');
  }

  build(of: Build): Build {
    return this.#find(BuildKind, of.metadata.namespace ?? '', of.metadata.name) as unknown as Build;
  }

  setStatus(of: Build, status: Build['status']): void {
    const found = this.build(of);
    this.#put(
      BuildKind,
      { ...found, status: { ...found.status, ...status } } as unknown as KindObject,
      'MODIFIED',
    );
  }

  change(kind: KindDefinition, object: KindObject): void {
    this.#put(kind, object, 'MODIFIED');
  }

  delete(kind: KindDefinition, object: { metadata: { name: string; namespace?: string } }): void {
    const found = this.#find(kind, object.metadata.namespace ?? '', object.metadata.name);
    this.#of(kind).delete(`${found.metadata.namespace}/${found.metadata.name}`);
    this.#changes.emit(kindId(kind), 'DELETED', found);
  }

  #of(kind: KindDefinition): Map<string, KindObject> {
    const id = kindId(kind);
    const objects = this.#objects.get(id) ?? new Map<string, KindObject>();
    this.#objects.set(id, objects);
    return objects;
  }

  #find(kind: KindDefinition, namespace: string, name: string): KindObject {
    const found = this.#of(kind).get(`${namespace}/${name}`);
    if (!found) throw new PlatformError('NotFound', `${kind.kind} ${name} is not there`);
    return found;
  }

  #put(kind: KindDefinition, object: KindObject, type: 'ADDED' | 'MODIFIED'): KindObject {
    const resourceVersion = String(++this.#version);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.#of(kind).set(`${object.metadata.namespace}/${object.metadata.name}`, stored);
    // A watch tells it a little later than the write returns.
    setImmediate(() => this.#changes.emit(kindId(kind), type, stored));
    return stored;
  }
}
