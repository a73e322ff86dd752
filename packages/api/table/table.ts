import type { Column, KindDefinition, KindObject } from '@causeway/model';
import { type CellReader, cellReader } from './cell.ts';

/** What a row carries of its object, the `includeObject` parameter. */
export type IncludeObject = 'Metadata' | 'Object' | 'None';

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  /** null when none is wanted. */
  readonly object: unknown;
}

/** The metadata of an object alone (meta.k8s.io/v1 PartialObjectMetadata). */
export const partialMetadata = (object: KindObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** Objects of a kind as rows for people (meta.k8s.io/v1 Table). */
export interface Printer {
  readonly columns: readonly TableColumn[];
  row(object: KindObject, now: number, include: IncludeObject): TableRow;
}

const column = ({ name, type, description, priority }: Column, format = ''): TableColumn => ({
  name,
  type,
  format,
  description: description ?? '',
  priority: priority ?? 0,
});

export const createPrinter = (kind: KindDefinition): Printer => {
  // The generated name of an event tells nobody anything: `kubectl get events` shows it only with -o wide.
  const name = column(
    {
      name: 'Name',
      path: '.metadata.name',
      type: 'string',
      priority: kind.body ? 1 : 0,
      description: `The name of the ${kind.singular}.`,
    },
    'name',
  );
  const readers: CellReader[] = [object => object.metadata.name ?? '', ...kind.columns.map(cellReader)];
  const columns = [name, ...kind.columns.map(one => column(one))];
  return {
    columns,
    row(object, now, include) {
      const cells = readers.map(read => read(object, now));
      if (include === 'None') return { cells, object: null };
      return { cells, object: include === 'Object' ? object : partialMetadata(object) };
    },
  };
};

/** A Table as JSON. `columns` is left out in all but the first event of a watch. */
export const tableJson = (
  metadata: Readonly<Record<string, unknown>>,
  rows: readonly TableRow[],
  columns?: readonly TableColumn[],
): string =>
  JSON.stringify({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns ?? null,
    rows,
  });
