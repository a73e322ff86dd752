import { isUtf8 } from 'node:buffer';
import { PlatformError, scanJson } from '@causeway/model';
import { checkData, refuseDepth } from './check-data.ts';

/** An object holds at most so much, and people who write more than that in YAML send something else. */
const maxYamlBytes = 1024 * 1024;
/** References to one anchor and another, all together. */
const maxAliases = 100;

const refuse = (what: string, cause?: unknown): PlatformError =>
  new PlatformError('BadRequest', what, { cause });

/** Bytes that are no text would come back as other text than was sent. */
const textOf = (body: Buffer): string => {
  if (!isUtf8(body)) throw refuse('the body is not UTF-8');
  return body.toString('utf8');
};

const parseJson = (text: string): unknown => {
  const { fields, depth } = scanJson(text);
  refuseDepth(depth - 1, 'the body');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(
      `the body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : error}`,
      error,
    );
  }
  // JSON.parse keeps the last of two fields with one name: what the other said would be lost without a word.
  if (checkData(value, 'the body') !== fields)
    throw refuse('the body says a field twice: only one of them can count');
  return value;
};

const parseYaml = async (body: Buffer): Promise<unknown> => {
  if (body.length > maxYamlBytes)
    throw new PlatformError('TooLarge', `a YAML body holds at most ${maxYamlBytes} bytes`, {
      next: 'Send application/json.',
    });
  const { CORE_SCHEMA, load } = await import('js-yaml');
  const text = textOf(body);
  let value: unknown;
  try {
    value = load(text, { schema: CORE_SCHEMA, maxAliases });
  } catch (error) {
    throw refuse(
      `the body is not YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : error}`,
      error,
    );
  }
  checkData(value, 'the body');
  return value;
};

/** The media type of a header, lower case, without parameters. */
export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() || 'application/json';

const jsonTypes = new Set([
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
]);
const yamlTypes = new Set(['application/yaml', 'application/x-yaml', 'text/yaml']);

/**
 * A body as JSON data: JSON or YAML by its media type; `undefined` when it is empty. Refused are bytes that are no UTF-8, a
 * field said twice, nesting without end and `__proto__`; any other field name, `constructor` included, is plain data. Throws
 * `BadRequest`, `UnsupportedMediaType`, `TooLarge`.
 */
export const parseBody = async (body: Buffer, type: string): Promise<unknown> => {
  const yaml = yamlTypes.has(type);
  if (!yaml && !jsonTypes.has(type))
    throw new PlatformError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format (${type.slice(0, 80)}) - accepted media types include: application/json, application/yaml`,
    );
  if (body.length === 0) return undefined;
  return yaml ? parseYaml(body) : parseJson(textOf(body));
};
