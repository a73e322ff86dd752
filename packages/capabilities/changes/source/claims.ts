import type { Store } from '@causeway/engine';
import {
  type KindDefinition,
  type KindObject,
  type ObjectKey,
  type Source,
  SourceKind,
} from '@causeway/model';
import { adoptedAnnotation, pathAnnotation, sourceAnnotation } from './annotations.ts';
import { plainObject } from './plain-object.ts';
import { fileKinds, type PlatformDocument } from './platform-document.ts';

/** An object that files of a source said when they were last applied. */
export interface Claim {
  readonly kind: KindDefinition;
  readonly object: KindObject;
  readonly path: string;
  /** It was there before the files, and stays. */
  readonly adopted: boolean;
}

const kindsByName = new Set(fileKinds.map(({ kind }) => kind));

/** Made from another object that a file may say, whose notes it may show: the file says the other. */
export const isMadeFromAnother = ({ metadata }: KindObject): boolean =>
  metadata.ownerReferences?.some(({ controller, kind }) => controller === true && kindsByName.has(kind)) ??
  false;

/** Whether files of a source said an object when they were last applied, taken or not. */
const says = ({ status }: Source, kind: KindDefinition, name: string): boolean =>
  status?.documents?.some(one => one.kind === kind.kind && one.name === name) ?? false;

/** Another source whose files say an object as well. */
export const sourceBeside = (
  store: Pick<Store, 'peekAll'>,
  { namespace, name }: ObjectKey,
  kind: KindDefinition,
  object: string,
): string | undefined =>
  store
    .peekAll(SourceKind, namespace, one => one.metadata.name !== name && says(one, kind, object))
    .find(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name;

/**
 * All objects that are noted as said by a source. One that was handed over by hand is none of them before a file says it: no file
 * that went takes it along.
 */
export const claimsOf = (store: Pick<Store, 'peek' | 'peekAll'>, key: ObjectKey): Claim[] => {
  const { namespace, name } = key;
  const source = store.peek(SourceKind, key);
  const isHandedOver = (kind: KindDefinition, object: KindObject): boolean =>
    !(source && says(source, kind, object.metadata.name)) &&
    sourceBeside(store, key, kind, object.metadata.name) !== undefined;
  return fileKinds.flatMap(kind =>
    store
      .peekAll(
        kind,
        namespace,
        ({ metadata: { annotations } }) =>
          annotations?.[sourceAnnotation] === name && annotations[pathAnnotation] !== undefined,
      )
      .map(plainObject)
      .filter(object => !isMadeFromAnother(object) && !isHandedOver(kind, object))
      .map(object => ({
        kind,
        object,
        path: object.metadata.annotations?.[pathAnnotation] ?? '',
        adopted: object.metadata.annotations?.[adoptedAnnotation] === 'true',
      })),
  );
};

/** Those that the files no longer say, in the order in which they can go: the reverse of how they are made. */
export const unsaid = (claims: readonly Claim[], documents: readonly PlatformDocument[]): Claim[] => {
  const said = new Set(documents.map(({ kind, name }) => `${kind.kind}/${name}`));
  return claims
    .filter(({ kind, object }) => !said.has(`${kind.kind}/${object.metadata.name}`))
    .filter(({ object }) => !object.metadata.deletionTimestamp);
};
