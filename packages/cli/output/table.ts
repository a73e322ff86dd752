import { safeLine } from './safe-line.ts';

/** How wide text is on a terminal, near enough: wide characters count twice, marks not at all. */
const widthOf = (text: string): number => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is meant
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
};

export const cellText = (value: unknown): string => {
  if (value === undefined || value === null || value === '') return '-';
  return safeLine(typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll('\t', ' ');
};

/** Rows under their headers, columns apart by three spaces, the last one as long as it is. */
export const renderTable = (headers: readonly string[], rows: readonly (readonly unknown[])[]): string[] => {
  const cells = [headers.map(header => header.toUpperCase()), ...rows.map(row => row.map(cellText))];
  const widths = headers.map((_, column) => Math.max(...cells.map(row => widthOf(row[column] ?? ''))));
  return cells.map(row =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell) + 3),
      )
      .join('')
      .trimEnd(),
  );
};
