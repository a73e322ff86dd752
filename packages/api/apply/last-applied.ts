import {
  type FieldSet,
  type Fields,
  isFields,
  type KindDefinition,
  type KindObject,
  parseOutsideJson,
} from '@causeway/model';
import { problemsWith } from './check-value.ts';
import { compareValues } from './compare.ts';
import { difference, noFields, union } from './field-set.ts';
import { fieldsOfValue } from './fields-of-value.ts';
import { objectType } from './object-type.ts';

/** Where `kubectl apply` without --server-side keeps what it last applied. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The one who may take over what client-side apply left, and who keeps its annotation up to date. */
export const clientSideApplier = 'kubectl';

const parsed = (text: string): unknown => {
  try {
    return parseOutsideJson(text);
  } catch {
    return undefined;
  }
};

/** Whether what was applied last was of this version, in whichever of its groups. */
const isOfVersion = ({ apiVersion }: Fields, { version }: KindDefinition): boolean =>
  String(apiVersion).split('/').at(-1) === version;

/** The fields that client-side apply set last and that are still as it set them. */
export const fieldsFromClientSide = (kind: KindDefinition, live: KindObject): FieldSet => {
  const text = live.metadata.annotations?.[lastAppliedAnnotation];
  const last = text ? parsed(text) : undefined;
  const type = objectType(kind);
  if (!isFields(last) || !isOfVersion(last, kind) || problemsWith(type, last).length > 0) return noFields;
  const { removed, modified, added } = compareValues(type, last, live);
  return difference(fieldsOfValue(type, last), union(union(removed, modified), added));
};

/** The object with its annotation, if it has one, saying what is applied now: so client-side apply may follow. */
export const withLastApplied = (object: KindObject, configuration: Record<string, unknown>): KindObject => {
  const { annotations } = object.metadata;
  if (!annotations?.[lastAppliedAnnotation]) return object;
  const metadata = isFields(configuration.metadata) ? configuration.metadata : {};
  const { [lastAppliedAnnotation]: _own, ...others } = isFields(metadata.annotations)
    ? metadata.annotations
    : {};
  const plain = { ...configuration, metadata: { ...metadata, annotations: others } };
  if (metadata.annotations === undefined) delete (plain.metadata as { annotations?: object }).annotations;
  const text = `${JSON.stringify(plain)}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: text } },
  };
};
