import { samePlain } from '@causeway/engine';
import {
  type Fields,
  isFields,
  type KindDefinition,
  type KindObject,
  parseOutsideJson,
} from '@causeway/model';
import { canonicalJson } from '@causeway/policy';

/** What a file says of an object. It owns these fields and no others. */
export interface Stated {
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly spec: Fields;
}

const nothing: Stated = { labels: {}, annotations: {}, spec: {} };

const fieldsOr = (value: unknown): Fields => (isFields(value) ? value : {});

/** Of what a schema made of a value, only what was said: fields that were filled in are nobody’s. Lists are said whole. */
const onlySaid = (made: unknown, said: unknown): unknown =>
  isFields(made) && isFields(said)
    ? Object.fromEntries(
        Object.keys(said)
          .filter(name => Object.hasOwn(made, name))
          .map(name => [name, onlySaid(made[name], said[name])]),
      )
    : made;

/** What a document that fits its kind states, as the store would have it. */
export const statedOf = (kind: KindDefinition, { metadata, spec }: KindObject): Stated => {
  const { labels, annotations } = metadata;
  const said = fieldsOr(spec);
  return {
    labels: fieldsOr(labels),
    annotations: fieldsOr(annotations),
    spec: onlySaid(kind.spec.parse(said), said) as Fields,
  };
};

/** What there is, with what is said now, without what was said before and is not any more. */
const merged = (live: unknown, before: unknown, said: unknown): unknown => {
  if (!isFields(said)) return said;
  const base = fieldsOr(live);
  const old = fieldsOr(before);
  const kept = Object.entries(base).filter(
    ([name]) => Object.hasOwn(said, name) || !Object.hasOwn(old, name),
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(Object.keys(said).map(name => [name, merged(base[name], old[name], said[name])])),
  };
};

/** An object as the file wants it: `before` is what the file said when it was last applied. */
export const withStated = (live: KindObject, before: Stated | undefined, said: Stated): KindObject => {
  const old = before ?? nothing;
  const { labels, annotations, ...metadata } = live.metadata;
  const next = {
    labels: merged(labels, old.labels, said.labels) as Record<string, string>,
    annotations: merged(annotations, old.annotations, said.annotations) as Record<string, string>,
  };
  return {
    ...live,
    metadata: { ...metadata, ...next },
    spec: merged(live.spec, old.spec, said.spec) as Fields,
  };
};

/** Whether two objects are alike in all that files speak of. */
export const sayTheSame = (a: KindObject, b: KindObject): boolean =>
  samePlain(a.spec, b.spec) &&
  samePlain(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
  samePlain(a.metadata.annotations ?? {}, b.metadata.annotations ?? {});

export const statedText = (stated: Stated): string => canonicalJson(stated);

/** What was noted of an earlier apply; whoever may write the annotation may have written anything. */
export const readStated = (text: string | undefined): Stated | undefined => {
  if (text === undefined) return undefined;
  try {
    const value: unknown = parseOutsideJson(text);
    if (!isFields(value)) return undefined;
    return {
      labels: fieldsOr(value.labels),
      annotations: fieldsOr(value.annotations),
      spec: fieldsOr(value.spec),
    };
  } catch {
    return undefined;
  }
};
