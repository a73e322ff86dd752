import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '../doctor/ask.ts';

/** One thing that the server of this machine looks at to say whether it is ready. */
export interface HealthLine {
  readonly name: string;
  /** `attention`: it works without, for now. */
  readonly state: 'ok' | 'attention' | 'failed';
  /** Why it is not well. */
  readonly reason?: string;
}

const marks = { '+': 'ok', '!': 'attention', '-': 'failed' } as const;

/** The answer of `/readyz?verbose`: `[-]database failed: the database does not answer`. */
export const parseHealth = (text: string): HealthLine[] =>
  text.split('\n').flatMap(line => {
    const [, mark = '', name = '', reason] =
      /^\[([-+!])\]([a-z-]+) (?:ok|(?:failed|not well): (.*))$/.exec(line) ?? [];
    if (name === '') return [];
    const state = marks[mark as keyof typeof marks];
    return [{ name, state, ...(reason === undefined ? {} : { reason }) }];
  });

/** Asks the server on this machine, with the token that lies in DATA for whoever watches it. Throws when nobody answers. */
export const readHealth = async (data: string, port: number, signal: AbortSignal): Promise<HealthLine[]> => {
  const file = join(data, 'credentials', 'metrics.token');
  const token = (await readFile(file, 'utf8').catch(() => '')).trim();
  const { body } = await ask(port, '/readyz?verbose', signal, '127.0.0.1', token);
  return parseHealth(body);
};
