import { samePlain } from '@causeway/engine';
import { type Fields, isFields, PlatformError, setField } from '@causeway/model';
import { checkData } from '../http/check-data.ts';

/** More operations in one patch are a mistake or an attack: they run inside a write. */
const maxOperations = 1000;
/** Characters of JSON that all `copy` operations of a patch may copy together: copies of copies grow without bound. */
const maxCopied = 3 * 1024 * 1024;

/** Longer paths lead nowhere in an object of ours. */
const maxTokens = 64;

interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly value: unknown;
}

/** A JSON Pointer (RFC 6901) as its reference tokens; `undefined` when it is none. */
export const parsePointer = (pointer: unknown): readonly string[] | undefined => {
  if (pointer === '') return [];
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const malformed = (index: number, what: string): PlatformError =>
  new PlatformError('BadRequest', `JSON patch, operation ${index}: ${what}`);

/** Thrown inside, to be named with its operation outside. */
class Inapplicable extends Error {}

const parseOperation = (given: unknown, index: number): Operation => {
  if (!isFields(given)) throw malformed(index, 'must be an object with op and path');
  const { op } = given;
  if (op !== 'add' && op !== 'remove' && op !== 'replace' && op !== 'move' && op !== 'copy' && op !== 'test')
    throw malformed(
      index,
      `op ${JSON.stringify(op)?.slice(0, 40)} is none of add, remove, replace, move, copy, test`,
    );
  const path = parsePointer(given.path);
  if (path && path.length > maxTokens) throw malformed(index, `path has more than ${maxTokens} parts`);
  if (!path) throw malformed(index, 'path must be a JSON pointer such as /spec/replicas');
  const from = op === 'move' || op === 'copy' ? parsePointer(given.from) : [];
  if (!from) throw malformed(index, 'from must be a JSON pointer such as /spec/replicas');
  if ((op === 'add' || op === 'replace' || op === 'test') && !Object.hasOwn(given, 'value'))
    throw malformed(index, `${op} needs a value`);
  if (op === 'move' && from.length < path.length && from.every((token, at) => token === path[at]))
    throw malformed(index, 'a value cannot be moved into itself');
  return { op, path, from, value: given.value };
};

/** The place in an array that a token names: 0 … length-1, and with `append` also the end, `-` or the length. */
const arrayIndex = (array: readonly unknown[], token: string, append: boolean): number => {
  if (append && token === '-') return array.length;
  const index = /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1;
  if (index < 0 || index > array.length - (append ? 0 : 1))
    throw new Inapplicable(`there is no element ${token.slice(0, 20)}`);
  return index;
};

const child = (node: unknown, token: string): unknown => {
  if (Array.isArray(node)) return node[arrayIndex(node, token, false)];
  if (isFields(node) && Object.hasOwn(node, token)) return node[token];
  throw new Inapplicable(`there is no ${JSON.stringify(token.slice(0, 80))}`);
};

const valueAt = (document: unknown, path: readonly string[]): unknown => path.reduce(child, document);

/**
 * A node that may be changed in place: a copy, made when it is first changed. `own` are the copies made so far, so that a
 * patch of many operations does not copy a large object as many times.
 */
const writable = (node: Fields | unknown[], own: WeakSet<object>): Fields | unknown[] => {
  if (own.has(node)) return node;
  const copy = Array.isArray(node) ? [...node] : { ...node };
  own.add(copy);
  return copy;
};

/** `document` with its value at `path` set, inserted or removed; what is not on the way is shared with the old one. */
const edited = (
  document: unknown,
  path: readonly string[],
  edit: 'add' | 'replace' | 'remove',
  value: unknown,
  own: WeakSet<object>,
): unknown => {
  const [token, ...rest] = path;
  if (token === undefined) {
    if (edit === 'remove') throw new Inapplicable('the whole object cannot be removed');
    return value;
  }
  if (!Array.isArray(document) && !isFields(document))
    throw new Inapplicable(`there is nothing to hold ${JSON.stringify(token.slice(0, 80))}`);
  const next = rest.length > 0 ? edited(child(document, token), rest, edit, value, own) : value;
  if (rest.length === 0 && edit !== 'add') child(document, token);
  if (Array.isArray(document)) {
    const index = arrayIndex(document, token, edit === 'add' && rest.length === 0);
    const copy = writable(document, own) as unknown[];
    if (rest.length > 0 || edit === 'replace') copy[index] = next;
    else if (edit === 'add') copy.splice(index, 0, next);
    else copy.splice(index, 1);
    return copy;
  }
  const copy = writable(document, own) as Fields;
  if (rest.length === 0 && edit === 'remove') delete copy[token];
  else setField(copy, token, next);
  return copy;
};

const applied = (document: unknown, { op, path, from, value }: Operation, own: WeakSet<object>): unknown => {
  switch (op) {
    case 'add':
    case 'replace':
      return edited(document, path, op, value, own);
    case 'remove':
      return edited(document, path, op, undefined, own);
    case 'move': {
      const moved = valueAt(document, from);
      return edited(edited(document, from, 'remove', undefined, own), path, 'add', moved, own);
    }
    case 'copy':
      // A true copy: what is changed in one place later must not change in the other.
      return edited(document, path, 'add', structuredClone(valueAt(document, from)), own);
    case 'test':
      if (!samePlain(valueAt(document, path), value)) throw new Inapplicable('the value is another one');
      return document;
  }
};

/** A parsed JSON Patch (RFC 6902), ready to be applied to any number of documents. */
export type JsonPatch = readonly Operation[];

/** Throws `BadRequest` when it is no JSON patch. */
export const parseJsonPatch = (given: unknown): JsonPatch => {
  if (!Array.isArray(given)) throw new PlatformError('BadRequest', 'a JSON patch is a list of operations');
  if (given.length > maxOperations)
    throw new PlatformError(
      'TooLarge',
      `a JSON patch holds at most ${maxOperations} operations, this one ${given.length}`,
    );
  return given.map(parseOperation);
};

/** What `document` becomes; it is not changed. Throws `Invalid` when an operation does not fit, `TooLarge` when copies grow without bound. */
export const applyJsonPatch = (document: unknown, patch: JsonPatch): unknown => {
  let result = document;
  let copied = 0;
  const own = new WeakSet<object>();
  for (const [index, operation] of patch.entries()) {
    try {
      if (operation.op === 'copy') {
        const source = valueAt(result, operation.from);
        checkData(source, 'what is copied');
        copied += JSON.stringify(source).length;
        if (copied > maxCopied)
          throw new PlatformError('TooLarge', `JSON patch, operation ${index}: too much is copied`);
      }
      result = applied(result, operation, own);
    } catch (error) {
      if (!(error instanceof Inapplicable)) throw error;
      const where = `/${operation.path.join('/')}`.slice(0, 200);
      throw new PlatformError(
        'Invalid',
        `JSON patch, operation ${index} (${operation.op} ${where}): ${error.message}`,
        {
          next: 'Read the object again and make the patch for what it is now.',
        },
      );
    }
  }
  checkData(result, 'the patched object');
  return result;
};
