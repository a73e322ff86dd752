/**
 * YAML of plain objects, lists, texts and numbers, as people write it: for reading and for a file.
 */

const plain = /^[A-Za-z][\w./@+-]*(?: [\w./@+-]+)*$/;
/** 14d and 90m are texts; 1e5 and 0x1f would be numbers. */
const length = /^\d+(?:\.\d+)?(?:ms|[smhdw])$/;
/** What YAML 1.1 or 1.2 takes for something else than text. */
const taken = /^(?:true|false|yes|no|on|off|y|n|null)$/i;

/** @param {string | number | boolean} value */
const scalar = value =>
  typeof value !== 'string' || length.test(value) || (plain.test(value) && !taken.test(value))
    ? String(value)
    : JSON.stringify(value);

/** @param {unknown} value @returns {string[]} */
const linesOf = value => {
  if (Array.isArray(value))
    return value.flatMap(item => linesOf(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`));
  if (typeof value !== 'object' || value === null) return [scalar(/** @type {any} */ (value))];
  return Object.entries(value).flatMap(([name, one]) => {
    if (one === undefined) return [];
    if (typeof one !== 'object' || one === null) return [`${name}: ${scalar(/** @type {any} */ (one))}`];
    if (Object.keys(one).length === 0) return [`${name}: ${Array.isArray(one) ? '[]' : '{}'}`];
    return [`${name}:`, ...linesOf(one).map(line => `  ${line}`)];
  });
};

/** @param {object} document */
export const yamlOf = document => `${linesOf(document).join('\n')}\n`;
