import type { FieldPath } from '@causeway/model';
import type { FileDocument, Position } from '../files/documents.ts';

export const findingLevels = ['error', 'warning', 'note'] as const;
export type FindingLevel = (typeof findingLevels)[number];

/** Something to say about a document of a file. */
export interface Finding extends Position {
  readonly file: string;
  /** `Deployment/web`, as far as it is known. */
  readonly object: string;
  /** error: refused. warning: told. note: only reported, or excepted. */
  readonly level: FindingLevel;
  /** `syntax`, `schema/unknown-field`, or POLICY/RULE. */
  readonly rule: string;
  readonly message: string;
  /** Why it matters. */
  readonly why?: string;
  /** What to do. */
  readonly instead: string;
  readonly documentation?: string;
  /** `TEAM/NAME` of the exception that covers it. */
  readonly exception?: string;
  /** The line it is in. */
  readonly snippet: string;
}

const longestSnippet = 160;

/** Where a field stands, with its line. */
export const placeOf = (
  document: FileDocument,
  path: FieldPath,
  of: 'name' | 'value' = 'name',
): Position & { readonly snippet: string } => atPosition(document, document.positionOf(path, of));

export const atPosition = (
  { lines }: FileDocument,
  { line, column }: Position,
): Position & { readonly snippet: string } => ({
  line,
  column,
  snippet: (lines[line - 1] ?? '').slice(0, longestSnippet),
});

export const objectName = (value: unknown): string => {
  const { kind, metadata } = (value ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
  const name = metadata?.name;
  if (typeof kind !== 'string') return 'document';
  return typeof name === 'string' ? `${kind}/${name}` : kind;
};
