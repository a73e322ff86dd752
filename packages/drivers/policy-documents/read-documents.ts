import type { PolicyModule } from '@causeway/contracts';
import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { Fault } from './fault.ts';

export type Path = readonly (string | number)[];

/** A document of a module, with where each of its values stands. */
export interface PolicyDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** A fault at a value, or at the closest one around it that the text has; `offset` counts within the value’s own text. */
  faultAt(path: Path, message: string, offset?: number): Fault;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What should be a text, as one: anything may stand in its place, and have any fields. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');

/** Aliases may make a small text a huge value; policies need hardly any. */
const maxAliasCount = 100;

/** The documents of a YAML or JSON text; empty ones are left out. What cannot be read is told to `fault`. */
export const readDocuments = (
  { name, source }: PolicyModule,
  fault: (one: Fault) => void,
): readonly PolicyDocument[] => {
  const lines = new LineCounter();
  const at = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { module: name, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const parsed = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false });
  const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap(document => {
    const [error] = document.errors;
    if (error) {
      fault(at(error.pos[0], `not YAML: ${error.message.split('\n')[0] ?? ''}`));
      return [];
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount });
    } catch (error) {
      fault(
        at(document.range?.[0] ?? 0, `not YAML: ${error instanceof Error ? error.message : String(error)}`),
      );
      return [];
    }
    if (value === null || value === undefined) return [];
    if (!isRecord(value)) {
      fault(at(document.range?.[0] ?? 0, 'a document must be a mapping of fields'));
      return [];
    }
    return [
      { value, faultAt: (path, message, offset) => at(offsetOf(document, source, path, offset), message) },
    ];
  });
};

/** Where in the module’s text a value stands; within a text that is written as it reads, where in it. */
const offsetOf = (document: Document, source: string, path: Path, within?: number): number => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (!range) continue;
    const start = range[0] ?? 0;
    if (within === undefined || length < path.length || !isScalar(node)) return start;
    return start + within + leadOf(source, start, String(node.value), within);
  }
  return document.range?.[0] ?? 0;
};

/** How much further right a place of a text stands in the source: past quotes, a block’s header and indentation. */
const leadOf = (source: string, start: number, text: string, within: number): number => {
  const first = source[start];
  if (first === '"' || first === "'") return 1;
  if (first !== '|' && first !== '>') return 0;
  const body = source.indexOf('\n', start) + 1;
  const indent = /^[ ]*/.exec(source.slice(body))?.[0].length ?? 0;
  const line = text.slice(0, within).split('\n').length;
  return body - start + indent * line;
};
