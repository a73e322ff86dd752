import type { Actor } from '@causeway/engine';
import {
  apiVersionOf,
  type KindDefinition,
  kindId,
  type ObjectKey,
  type Role,
  servedKinds,
  storedKind,
} from '@causeway/model';
import type { z } from 'zod';
import { createPrinter, type Printer } from '../table/table.ts';

/** Something that can be done to an object beside changing it: `POST …/services/NAME/rollback`. */
export interface ActionDefinition {
  readonly kind: KindDefinition;
  readonly name: string;
  /** The lowest role in the object's team. */
  readonly role: Role;
  /** For OpenAPI. */
  readonly description?: string;
  /** `body` is JSON data, `undefined` when none was sent. What it returns is the answer, as JSON. */
  handle(key: ObjectKey, body: unknown, actor: Actor, signal: AbortSignal): Promise<object>;
}

/** Text that belongs to an object and arrives bit by bit: `GET …/services/NAME/log?follow=true`. */
export interface StreamDefinition {
  readonly kind: KindDefinition;
  readonly name: string;
  /** The lowest role in the object's team. */
  readonly role: Role;
  readonly description?: string;
  /** Pieces of text, sent as they come. What is thrown before the first becomes the answer. */
  handle(key: ObjectKey, query: URLSearchParams, actor: Actor, signal: AbortSignal): AsyncIterable<string>;
}

type AnyFields = z.ZodType<Record<string, unknown>>;

/** A kind of which nothing is known but that its objects have the shape every object has. */
export type ServedKind = KindDefinition<AnyFields, AnyFields>;

/** A kind as it is served. */
export interface Resource {
  readonly kind: ServedKind;
  readonly apiVersion: string;
  /** Whether it is listed in another group, and this is one that an organisation uses beside it. */
  readonly alias: boolean;
  readonly printer: Printer;
  readonly actions: ReadonlyMap<string, ActionDefinition>;
  readonly streams: ReadonlyMap<string, StreamDefinition>;
  /** Whether there is a status to write. */
  readonly hasStatus: boolean;
}

/** Everything that is served, by its address. */
export interface Resources {
  readonly all: readonly Resource[];
  find(group: string, version: string, plural: string): Resource | undefined;
  /** The resources of each group and version, in the order of the kinds. */
  readonly versions: ReadonlyMap<string, readonly Resource[]>;
}

const byName = <T extends { readonly kind: KindDefinition; readonly name: string }>(
  all: readonly T[],
  kind: KindDefinition,
) => new Map(all.filter(one => kindId(one.kind) === kindId(storedKind(kind))).map(one => [one.name, one]));

export const createResources = (
  kinds: readonly KindDefinition[],
  actions: readonly ActionDefinition[],
  streams: readonly StreamDefinition[],
  apiGroups: readonly string[] = [],
): Resources => {
  const served = kinds.flatMap(kind => servedKinds(kind, apiGroups));
  // Whoever asks for a name without a group gets ours: the first.
  const inOrder = served.toSorted((a, b) => apiGroups.indexOf(a.group) - apiGroups.indexOf(b.group));
  const all = inOrder.map(
    (kind): Resource => ({
      kind: kind as ServedKind,
      apiVersion: apiVersionOf(kind),
      alias: kind.group !== storedKind(kind).group,
      printer: createPrinter(kind),
      actions: byName(actions, kind),
      streams: byName(streams, kind),
      hasStatus: !kind.body,
    }),
  );
  const byAddress = new Map(all.map(one => [`${one.apiVersion}/${one.kind.plural}`, one]));
  return {
    all,
    find: (group, version, plural) =>
      byAddress.get(`${group === '' ? version : `${group}/${version}`}/${plural}`),
    versions: Map.groupBy(all, one => one.apiVersion),
  };
};
