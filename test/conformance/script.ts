import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

/**
 * One step: a request, a kubectl command, or something done to the server. `${NAME}` in its texts stands for what an
 * earlier step kept, and for `${ns}`, the chapter's namespace, and `${samples}`, the path of samples in it.
 */
export interface Step {
  readonly name: string;
  /** `METHOD PATH` */
  readonly request?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of a body. */
  readonly text?: string;
  /** A sample with an annotation of so many bytes. */
  readonly bytes?: number;
  /** Reads so many lines of a watch, then leaves. Without it a watch is read until the server ends it. */
  readonly events?: number;
  /** Leaves the watch open under this name; a later step reads on with `events` and `from`. */
  readonly open?: string;
  readonly from?: string;
  /** The arguments of kubectl; quotes as in a shell. */
  readonly kubectl?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Forgets all history. */
  readonly compact?: true;
  /** Repeats the step until it is answered with this status, or kubectl prints this text. */
  readonly until?: number | string;
  /** What later steps need: a name, and where it is in the answer. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Only these parts of the answer are compared; what the step is not about differs between any two servers. */
  readonly only?: readonly string[];
}

export interface Chapter {
  readonly name: string;
  readonly steps: readonly Step[];
}

const folder = path.join(import.meta.dirname, 'script');

/** The script: a file for each chapter, in the order of their names. Each chapter has a namespace of its own. */
export const readScript = async (): Promise<readonly Chapter[]> => {
  const files = (await readdir(folder)).filter(name => name.endsWith('.yaml')).toSorted();
  return Promise.all(
    files.map(async file => {
      const steps = parse(await readFile(path.join(folder, file), 'utf8')) as Step[];
      const names = steps.map(step => step.name);
      const twice = names.find((name, index) => !name || names.indexOf(name) !== index);
      if (twice !== undefined) throw new Error(`${file}: the name ${JSON.stringify(twice)} is there twice`);
      return { name: path.basename(file, '.yaml'), steps };
    }),
  );
};
