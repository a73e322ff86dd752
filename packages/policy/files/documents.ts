import { type FieldPath, inCanonicalGroup } from '@causeway/model';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';

/** From 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface DocumentFault extends Position {
  readonly message: string;
}

/** One object of a file, and where each of its fields stands. */
export interface FileDocument {
  /** As it was named: for people. */
  readonly file: string;
  /** Which of the file, from 1. */
  readonly number: number;
  /** Absent where the text cannot be read. */
  readonly value?: unknown;
  readonly faults: readonly DocumentFault[];
  /** Its own text, on the lines that it has in the file. */
  readonly source: string;
  /** The lines of the whole file. */
  readonly lines: readonly string[];
  /** Of a field’s name, or `value` of what it is set to; of what is around it when it is not there. */
  positionOf(path: FieldPath, of?: 'name' | 'value'): Position;
}

const longest = 16 * 1024 * 1024;

interface Found {
  readonly name: Node | undefined;
  readonly value: Node | undefined;
}

/** Goes down as far as the path leads. */
const find = (document: Document.Parsed, path: FieldPath): Found => {
  const real = (node: unknown): Node | undefined =>
    isAlias(node) ? node.resolve(document) : ((node ?? undefined) as Node | undefined);
  let found: Found = { name: undefined, value: document.contents ?? undefined };
  for (const part of path) {
    const node = real(found.value);
    if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      if (!item) return found;
      found = { name: item, value: item };
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : '') === String(part));
      if (!pair) return found;
      found = { name: pair.key as Node, value: (pair.value ?? pair.key) as Node };
    } else return found;
  }
  return found;
};

interface ContentFault {
  readonly path: FieldPath;
  readonly message: string;
}

/** No object of any kind is that deep: it is an anchor that holds itself, or meant to exhaust whoever reads it. */
const deepest = 100;

/** What no object has, and what copying it would not survive. */
const faultIn = (value: unknown, path: FieldPath = []): ContentFault | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length > deepest) return { path, message: `It is nested deeper than ${deepest} levels.` };
  if (Object.hasOwn(value, '__proto__'))
    return { path: [...path, '__proto__'], message: "A field is called '__proto__'." };
  for (const [name, inner] of Object.entries(value)) {
    const found = faultIn(inner, [...path, Array.isArray(value) ? Number(name) : name]);
    if (found) return found;
  }
  return undefined;
};

interface TextFault {
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** The one fault that whoever wrote a text is to mend: of those that the parser finds, the others mostly follow from it. */
const faultToTell = (errors: readonly TextFault[]): TextFault | undefined =>
  errors.find(({ message }) => message.startsWith('Tabs are not allowed')) ?? errors[0];

/** Fields that stand twice. The parser’s own check compares each key with each other, which takes seconds for a large file. */
const duplicateKeys = (document: Document.Parsed): TextFault[] => {
  const faults: TextFault[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = `${typeof key.value} ${String(key.value)}`;
        const [begin = 0, end = 0] = key.range ?? [];
        if (seen.has(name)) faults.push({ message: 'Map keys must be unique', pos: [begin, end] });
        seen.add(name);
      }
    },
  });
  return faults;
};

/**
 * All objects of a text in YAML or JSON; those of a List one by one. What cannot be read is a fault of its document. Kinds of ours may
 * be written in each of `apiGroups`, and are read as if they were not.
 */
export const readDocuments = (
  file: string,
  text: string,
  apiGroups: readonly string[] = [],
): FileDocument[] => {
  const lines = text.split(/\r?\n/);
  const unreadable = (message: string): FileDocument => ({
    file,
    number: 1,
    faults: [{ line: 1, column: 1, message }],
    source: '',
    lines: lines.slice(0, 1),
    positionOf: () => ({ line: 1, column: 1 }),
  });
  if (text.length > longest) return [unreadable('It is larger than 16 MiB: split it.')];
  const counter = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const parsed = parseAllDocuments(text, { uniqueKeys: false, lineCounter: counter, prettyErrors: false });
  const documents = (Array.isArray(parsed) ? parsed : []) as Document.Parsed[];
  return documents.flatMap((document, index): FileDocument[] => {
    const positionOf: FileDocument['positionOf'] = (path, of = 'name') => {
      const { name, value } = find(document, path);
      const node = of === 'value' ? value : (name ?? value);
      return at(node?.range?.[0] ?? document.range[0]);
    };
    const [begin, , end] = document.range;
    const source = '\n'.repeat(at(begin).line - 1) + text.slice(begin, end);
    const about = { file, number: index + 1, source, lines, positionOf };
    const unreadable = faultToTell(document.errors);
    const faults = (unreadable ? [unreadable] : duplicateKeys(document)).map(({ message, pos }) => ({
      message,
      ...at(pos[0]),
    }));
    if (faults.length > 0) return [{ ...about, faults }];
    const { value, fault } = contentOf(document);
    if (fault) return [{ ...about, faults: [{ message: fault, ...positionOf([]) }] }];
    if (value === null || value === undefined) return [];
    const bad = faultIn(value);
    if (bad) return [{ ...about, faults: [{ message: bad.message, ...positionOf(bad.path) }] }];
    return itemsOf({ ...about, value, faults }).map(one => ({
      ...one,
      value: inCanonicalGroup(one.value, apiGroups),
    }));
  });
};

const contentOf = (document: Document.Parsed): { value?: unknown; fault?: string } => {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Aliases that grow without end, or name nothing.
    return { fault: (error as Error).message };
  }
};

const itemsOf = (document: FileDocument): FileDocument[] => {
  const { kind, items } = document.value as { kind?: unknown; items?: unknown };
  if (!Array.isArray(items) || !String(kind).endsWith('List')) return [document];
  return items.map((value, index) => ({
    ...document,
    value,
    source: JSON.stringify(value),
    positionOf: (path, of) => document.positionOf(['items', index, ...path], of),
  }));
};
