import { type Client, type Query, resourcePath } from '@causeway/client';
import type { KindDefinition, ObjectMeta } from '@causeway/model';

/** meta.k8s.io/v1 Table: the server knows how its kinds look as rows. */
export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: ObjectMeta };
  }[];
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** Objects of a kind as rows: one by its name, else all that fit the query. */
export const fetchTable = async (
  client: Client,
  kind: KindDefinition,
  namespace: string,
  { name, query = {}, signal }: { name?: string; query?: Query; signal: AbortSignal },
): Promise<Table> =>
  (await client.request('GET', resourcePath(kind, namespace, name), undefined, {
    accept: asTable,
    query,
    signal,
  })) as Table;

/** A commit is long; its beginning tells it apart. */
const shortCommit = (cell: unknown): unknown => (typeof cell === 'string' ? cell.slice(0, 8) : cell);

/** Headers and cells; `wide` adds the columns of lower priority, `withTeam` the namespace in front. */
export const tableCells = (
  { columnDefinitions, rows }: Table,
  { wide, withTeam = false }: { wide: boolean; withTeam?: boolean },
): { headers: string[]; rows: unknown[][] } => {
  const shown = columnDefinitions.flatMap(({ priority }, index) => (wide || priority === 0 ? [index] : []));
  return {
    headers: [...(withTeam ? ['Team'] : []), ...shown.map(index => columnDefinitions[index]?.name ?? '')],
    rows: rows.map(({ cells, object }) => [
      ...(withTeam ? [object.metadata.namespace] : []),
      ...shown.map(index =>
        !wide && columnDefinitions[index]?.name === 'Commit' ? shortCommit(cells[index]) : cells[index],
      ),
    ]),
  };
};
