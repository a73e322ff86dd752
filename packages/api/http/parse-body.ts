import { PlatformError } from '@causeway/model';

/** Deeper nesting is no object of ours, and recursion over it would run out of stack. */
const maxDepth = 64;
/** Parsing YAML is slow, and an object holds at most 1 MiB. */
const maxYamlBytes = 1024 * 1024;

const refuse = (what: string, cause?: unknown): PlatformError =>
  new PlatformError('BadRequest', what, { cause });

/** Throws unless `value` is JSON data that is safe to copy, compare and merge. */
const checkData = (value: unknown, depth: number): void => {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw refuse('the body holds a number that JSON cannot say');
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) throw refuse(`the body is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) {
    for (const item of value) checkData(item, depth + 1);
    return;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw refuse("a field is called '__proto__', which is not allowed");
    checkData((value as Record<string, unknown>)[name], depth + 1);
  }
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw refuse(`the body is not JSON: ${error instanceof Error ? error.message : error}`, error);
  }
};

const parseYaml = async (body: Buffer): Promise<unknown> => {
  if (body.length > maxYamlBytes)
    throw new PlatformError('TooLarge', `a YAML body holds at most ${maxYamlBytes} bytes`, {
      next: 'Send application/json.',
    });
  const { parse } = await import('yaml');
  try {
    // maxAliasCount bounds what aliases of aliases may grow to.
    return parse(body.toString('utf8'), {
      schema: 'core',
      maxAliasCount: 100,
      uniqueKeys: true,
      logLevel: 'error',
    });
  } catch (error) {
    throw refuse(
      `the body is not YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : error}`,
      error,
    );
  }
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
 * A body as JSON data: JSON or YAML by its media type; `undefined` when it is empty. `__proto__` is refused; any other
 * field name, `constructor` included, is plain data. Throws `BadRequest`, `UnsupportedMediaType`, `TooLarge`.
 */
export const parseBody = async (body: Buffer, type: string): Promise<unknown> => {
  const yaml = yamlTypes.has(type);
  if (!yaml && !jsonTypes.has(type))
    throw new PlatformError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format (${type.slice(0, 80)}) - accepted media types include: application/json, application/yaml`,
    );
  if (body.length === 0) return undefined;
  const value = yaml ? await parseYaml(body) : parseJson(body);
  checkData(value, 0);
  return value;
};
