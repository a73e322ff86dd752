import { h } from './element.js';
import { plural } from './words.js';

/**
 * @typedef {{ sign: ' ' | '+' | '-' | '@' | '\\', text: string, before?: number, after?: number }} Line
 * @typedef {{ path: string, note: string, lines: Line[], added: number, removed: number }} File
 */

/** So many lines are shown; a change that is larger is read with git. */
export const mostLines = 5000;

/** The path of `+++ b/path` or `--- a/path`, also as git quotes what is unusual. @param {string} line */
const pathIn = line => {
  const said = line
    .slice(4)
    .replace(/\t$/, '')
    .replace(/^"(.*)"$/, '$1');
  return said === '/dev/null' ? undefined : said.slice(2);
};

/** @param {string} line */
const start = line => {
  const [, path = line.slice('diff --git '.length)] = /^diff --git .* "?b\/(.*?)"?$/.exec(line) ?? [];
  return { path, note: '', lines: [], added: 0, removed: 0 };
};

/**
 * Reads a unified diff as git writes it, line by line.
 * @param {AsyncIterable<string> | Iterable<string>} lines
 * @returns {Promise<{ files: File[], cut: boolean }>}
 */
export const readDiff = async lines => {
  /** @type {File[]} */
  const files = [];
  let count = 0;
  let [before, after] = [0, 0];
  // What is left of the hunk: a line of a file may look like a header.
  let [left, right] = [0, 0];
  for await (const line of lines) {
    const file = files.at(-1);
    if (left <= 0 && right <= 0 && line.startsWith('diff --git ')) {
      if (count >= mostLines) return { files, cut: true };
      files.push(start(line));
      continue;
    }
    if (!file) continue;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (left <= 0 && right <= 0 && hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[3])];
      [left, right] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
      file.lines.push({ sign: '@', text: line });
    } else if (left > 0 || right > 0) {
      count += 1;
      if (count > mostLines) return { files, cut: true };
      const text = line.slice(1);
      if (line.startsWith('+')) {
        file.lines.push({ sign: '+', text, after });
        file.added += 1;
        after += 1;
        right -= 1;
      } else if (line.startsWith('-')) {
        file.lines.push({ sign: '-', text, before });
        file.removed += 1;
        before += 1;
        left -= 1;
      } else if (!line.startsWith('\\')) {
        file.lines.push({ sign: ' ', text, before, after });
        before += 1;
        after += 1;
        left -= 1;
        right -= 1;
      }
    } else if (line.startsWith('\\')) file.lines.push({ sign: '\\', text: 'No line end at the end.' });
    else if (line.startsWith('--- ') || line.startsWith('+++ ')) file.path = pathIn(line) ?? file.path;
    else if (/^(new file|deleted file|rename|copy|Binary files|old mode|new mode)/.test(line))
      file.note = [file.note, line.replace(/ mode \d+$/, '')].filter(Boolean).join(', ');
  }
  return { files, cut: false };
};

const classes = { '+': 'plus', '-': 'minus', '@': 'hunk', ' ': '', '\\': 'quiet' };
const signs = { '+': '+', '-': '−', '@': '', ' ': ' ', '\\': ' ' };

/** @param {Line} line */
const lineView = ({ sign, text, before, after }) =>
  h(
    'span',
    { class: classes[sign], 'data-before': before, 'data-after': after },
    sign === '@' ? text : `${signs[sign]} ${text}`,
    '\n',
  );

/** Files with more lines are shown folded. */
const folded = 400;

/** @param {File} file */
const fileView = ({ path, note, lines, added, removed }) =>
  h(
    'details',
    { key: path, class: 'diff', open: lines.length <= folded },
    h(
      'summary',
      {},
      h('b', {}, path),
      h(
        'span',
        { class: 'figure' },
        h('span', { class: 'added' }, `+${added}`),
        ' ',
        h('span', { class: 'removed' }, `−${removed}`),
      ),
    ),
    note && h('p', { class: 'quiet noted' }, note),
    lines.length > 0 && h('pre', { tabindex: 0, 'aria-label': `Changes in ${path}` }, lines.map(lineView)),
  );

/** @param {{ files: readonly File[], cut: boolean }} diff */
export const diffView = ({ files, cut }) => [
  files.length === 0 && h('p', { class: 'quiet' }, 'The branches do not differ.'),
  files.map(fileView),
  cut &&
    h(
      'p',
      { class: 'quiet' },
      `Only the first ${plural(mostLines, 'line')} are shown. All of it: `,
      h('code', {}, 'platform change diff'),
    ),
];
