import { PlatformError } from '@causeway/model';
import { checkData } from '../http/check-data.ts';
import { type Fields, isFields } from '../patch/own-field.ts';

/** Parsing YAML is slow, and an object holds at most 1 MiB. */
const maxYamlBytes = 1024 * 1024;

export interface ParsedConfiguration {
  readonly configuration: Fields;
  /** Fields that are there twice; the last one counts. */
  readonly repeated: readonly string[];
}

const refuse = (what: string): PlatformError =>
  new PlatformError('BadRequest', `error decoding YAML: ${what}`);

const fromJson = (text: string): unknown => {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const fromYaml = async (text: string): Promise<{ value: unknown; repeated: string[] }> => {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', lineCounter: lines, logLevel: 'error' });
  const repeated: string[] = [];
  for (const { code, message, pos } of document.errors) {
    const { line } = lines.linePos(pos[0]);
    if (code === 'MULTIPLE_DOCS') throw refuse(`line ${line}: only one document is applied at a time`);
    if (code !== 'DUPLICATE_KEY') throw refuse(message.split('\n')[0] ?? code);
    const [name = ''] = /^[^\s:]*/.exec(text.slice(pos[0])) ?? [];
    repeated.push(`line ${line}: key ${JSON.stringify(name.slice(0, 80))} already set in map`);
  }
  // Aliases of aliases may grow to so much and no more.
  return { value: document.toJS({ maxAliasCount: 100 }), repeated };
};

/** The body of an apply: one YAML document, or JSON, which is YAML. Throws `BadRequest`, `TooLarge`. */
export const parseConfiguration = async (body: Buffer): Promise<ParsedConfiguration> => {
  const text = body.toString('utf8');
  const json = fromJson(text);
  if (json === undefined && body.length > maxYamlBytes)
    throw new PlatformError('TooLarge', `a YAML body holds at most ${maxYamlBytes} bytes`, {
      next: 'Send the same as JSON.',
    });
  const { value, repeated } = json === undefined ? await fromYaml(text) : { value: json, repeated: [] };
  const configuration = value ?? {};
  if (!isFields(configuration)) throw refuse('it must be an object');
  checkData(configuration, 'the body');
  return { configuration, repeated };
};
