/** Text as it may stand in a cell of a table: no new row, no new column. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

export const table = (headers: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headers, headers.map(() => '---'), ...rows].map(row => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Paragraphs, tables and headings, a blank line between each two. */
export const page = (...blocks: readonly string[]): string =>
  `${blocks.filter(block => block !== '').join('\n\n')}\n`;

export const generatedFrom = (source: string): string =>
  `<!-- Generated from ${source} by \`npm run docs\`. Change that, not this page. -->`;
