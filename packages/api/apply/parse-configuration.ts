import { type Fields, isFields, isPlatformError, PlatformError } from '@causeway/model';
import { parseBody } from '../http/parse-body.ts';

const openingBrace = '{'.charCodeAt(0);

/** JSON is YAML and read much faster; what begins like it and is none is YAML all the same. */
const parsed = async (body: Buffer): Promise<unknown> => {
  if (body[0] === openingBrace)
    try {
      return await parseBody(body, 'application/json');
    } catch (error) {
      if (!isPlatformError(error, 'BadRequest')) throw error;
    }
  return parseBody(body, 'application/yaml');
};

/** The body of an apply: one YAML document, or JSON. Throws `BadRequest`, `TooLarge`. */
export const parseConfiguration = async (body: Buffer): Promise<Fields> => {
  const configuration = (await parsed(body)) ?? {};
  if (!isFields(configuration)) throw new PlatformError('BadRequest', 'the body must be an object');
  return configuration;
};
