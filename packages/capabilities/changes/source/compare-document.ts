import type { Store } from '@causeway/engine';
import {
  apiVersionOf,
  type KindObject,
  type NewObject,
  type ObjectKey,
  ServiceKind,
  SourceKind,
} from '@causeway/model';
import { fieldChanges } from '../plan/field-changes.ts';
import {
  adoptedAnnotation,
  changeRequestAnnotation,
  commitAnnotation,
  pathAnnotation,
  sourceAnnotation,
  statedAnnotation,
} from './annotations.ts';
import { isMadeFromAnother } from './claims.ts';
import type { PlatformDocument } from './platform-document.ts';
import { readStated, sayTheSame, statedText, withStated } from './stated.ts';

/** Who applies: a Source and the commit that it reads. */
export interface Applying {
  readonly source: ObjectKey;
  readonly commit: string;
  /** The change request, SERVICE.NUMBER, by which a commit changed a file, where that is known. */
  readonly broughtBy?: (path: string, commit: string) => string | undefined;
}

/** What of a document is to be done. */
export type Comparison =
  | { readonly action: 'create'; readonly object: NewObject }
  /** `takes`: only the note of whose it is is other. */
  | { readonly action: 'unchanged'; readonly takes: boolean; readonly next: KindObject }
  /** `drifted`: the file says what it said before; somebody changed the object. */
  | {
      readonly action: 'change';
      readonly drifted: boolean;
      readonly fields: readonly string[];
      readonly next: KindObject;
    }
  | { readonly action: 'refuse'; readonly problem: string };

const notes = (
  { source, broughtBy }: Applying,
  { path, stated }: PlatformDocument,
  commit: string,
): Record<string, string> => {
  const changeRequest = broughtBy?.(path, commit);
  return {
    [sourceAnnotation]: source.name,
    [pathAnnotation]: path,
    [commitAnnotation]: commit,
    [statedAnnotation]: statedText(stated),
    ...(changeRequest === undefined ? {} : { [changeRequestAnnotation]: changeRequest }),
  };
};

/** Of an object that is not there. */
const created = (applying: Applying, document: PlatformDocument): NewObject => {
  const { kind, name, stated } = document;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      name,
      namespace: applying.source.namespace,
      labels: stated.labels as Record<string, string>,
      annotations: {
        ...(stated.annotations as Record<string, string>),
        ...notes(applying, document, applying.commit),
      },
    },
    spec: stated.spec,
  } as NewObject;
};

const refuse = (problem: string): Comparison => ({ action: 'refuse', problem });

/** Another Source whose files say this object: one that is there, or that a service will have with its first file. */
const otherClaim = (
  store: Pick<Store, 'peek'>,
  { source }: Applying,
  live: KindObject,
): { source: string; path: string } | undefined => {
  const { [sourceAnnotation]: name, [pathAnnotation]: path = 'a file' } = live.metadata.annotations ?? {};
  if (name === undefined || name === source.name) return undefined;
  const key = { namespace: source.namespace, name };
  const other = store.peek(SourceKind, key) ?? store.peek(ServiceKind, key);
  return other && !other.metadata.deletionTimestamp ? { source: name, path } : undefined;
};

/** Compares what a file says with what there is. */
export const compareDocument = (
  store: Pick<Store, 'peek'>,
  applying: Applying,
  document: PlatformDocument,
  live: KindObject | undefined,
): Comparison => {
  if (!live) return { action: 'create', object: created(applying, document) };
  const { kind, name, path, stated } = document;
  const id = `${kind.kind}/${name}`;
  const { source } = applying;
  if (live.metadata.deletionTimestamp)
    return refuse(`${id} is being deleted. It is made again as soon as the old one is gone.`);
  if (isMadeFromAnother(live)) {
    const [maker] = live.metadata.ownerReferences ?? [];
    return refuse(
      `${id} is made from ${maker?.kind}/${maker?.name}, and follows it. Write that into the file instead.`,
    );
  }
  const other = otherClaim(store, applying, live);
  if (other)
    return refuse(
      `${id} is said by ${other.path} of the source ${other.source} already, and by ${path} of ${source.name}. Remove it from one of the two; until then ${other.source} keeps it. To move it here as it is: kubectl annotate ${kind.plural} ${name} -n ${source.namespace} --overwrite ${sourceAnnotation}=${source.name}, push it here, and then remove it there.`,
    );
  const annotations = live.metadata.annotations ?? {};
  const before = readStated(annotations[statedAnnotation]);
  const isOurs = annotations[sourceAnnotation] === source.name;
  const next = withStated(live, before, stated);
  const same = sayTheSame(next, live);
  if (!isOurs && !same)
    return refuse(
      `${id} is there already, was not made by a file, and is other than ${path} says (${fieldChanges(live, next).slice(0, 3).join('; ')}). Write into the file what there is, or hand it over: kubectl annotate ${kind.plural} ${name} -n ${source.namespace} --overwrite ${sourceAnnotation}=${source.name}`,
    );
  const saysOther = annotations[statedAnnotation] !== statedText(stated);
  const noted = withNotes(applying, document, next, { saysOther, adopted: before === undefined });
  if (same) return { action: 'unchanged', takes: !sayTheSame(noted, live), next: noted };
  return { action: 'change', drifted: !saysOther, fields: fieldChanges(live, next), next: noted };
};

const withNotes = (
  applying: Applying,
  document: PlatformDocument,
  object: KindObject,
  { saysOther, adopted }: { readonly saysOther: boolean; readonly adopted: boolean },
): KindObject => {
  // Which commit and change brought it is told anew only when the file says something new.
  const { [changeRequestAnnotation]: changeRequest, ...annotations } = object.metadata.annotations ?? {};
  const commit = saysOther ? applying.commit : (annotations[commitAnnotation] ?? applying.commit);
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: {
        ...annotations,
        ...(saysOther || changeRequest === undefined ? {} : { [changeRequestAnnotation]: changeRequest }),
        ...notes(applying, document, commit),
        ...(adopted ? { [adoptedAnnotation]: 'true' } : {}),
      },
    },
  };
};
