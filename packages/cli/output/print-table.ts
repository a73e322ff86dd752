import type { Output } from './output.ts';
import { renderTable } from './table.ts';

/** A table as a result for people. */
export const printTable = (
  output: Output,
  headers: readonly string[],
  rows: readonly (readonly unknown[])[],
): void => {
  const [header = '', ...lines] = renderTable(headers, rows);
  output.line(output.paint('bold', header));
  for (const line of lines) output.line(line);
};
