import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnownDifference } from './known-differences.ts';

const specFile = path.join(import.meta.dirname, '../../SPEC.md');
const begin = '<!-- Made from test/conformance/known-differences.yaml: npm run conformance -- --spec -->';
const end = '<!-- The end of what is made. -->';

const line = ({ id, ours, reason }: KnownDifference): string =>
  `- **[${id}]** ${ours.charAt(0).toUpperCase()}${ours.slice(1)} ${reason}`;

/** The part of SPEC.md that lists where ours is known to differ, and why. */
export const specSection = (known: readonly KnownDifference[]): string =>
  [begin, ...known.map(line), end].join('\n');

/** SPEC.md with the section as it should be. Throws when there is no place for it. */
export const specWith = async (
  known: readonly KnownDifference[],
): Promise<{ is: string; should: string }> => {
  const is = await readFile(specFile, 'utf8');
  const [from, to] = [is.indexOf(begin), is.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${specFile} has no lines "${begin}" and "${end}"`);
  return { is, should: is.slice(0, from) + specSection(known) + is.slice(to + end.length) };
};

export const writeSpec = async (known: readonly KnownDifference[]): Promise<void> => {
  await writeFile(specFile, (await specWith(known)).should);
};
