import { stripVTControlCharacters } from 'node:util';
import { lastLines } from '../log-files/last-lines.ts';

const mostLines = 20;
const longestLine = 500;

/** The last lines that a run wrote, as they may stand in a status: no colours, no endless lines. */
export const evidenceLines = async (log: string, from: number): Promise<string[]> =>
  (await lastLines(log, mostLines, from)).map(line => stripVTControlCharacters(line).slice(0, longestLine));
