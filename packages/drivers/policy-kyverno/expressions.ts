import { compile, isRegistered, type JSONValue } from '@jmespath-community/jmespath';
import { registerKyvernoFunctions } from './functions.ts';
import { interpreter } from './metered.ts';

type Compiled = ReturnType<typeof compile>;

/** Nesting without end would overflow the parser. */
const maxLength = 5000;
const maxKept = 5000;
const kept = new Map<string, Compiled>();

registerKyvernoFunctions();

/** Every call of a function in an expression. */
const functionsIn = (node: unknown): readonly string[] => {
  if (Array.isArray(node)) return node.flatMap(functionsIn);
  if (node === null || typeof node !== 'object') return [];
  const here = 'type' in node && node.type === 'Function' && 'name' in node ? [String(node.name)] : [];
  return [...here, ...Object.values(node).flatMap(functionsIn)];
};

/** What Kyverno has beyond what is here, and why it is not. */
const notHere = new Map(
  Object.entries({
    random: 'a decision must come out the same each time it is computed',
    x509_decode: 'certificates are not read',
    image_normalize: 'image names are compared as they are written',
    time_now: 'request.time is the time of the request',
    time_now_utc: 'request.time is the time of the request',
    lookup: 'write the field after a dot',
  }),
);

/** Parses an expression. Throws an `Error` that says what is wrong with it. */
export const compileJmesPath = (text: string): Compiled => {
  const before = kept.get(text);
  if (before) return before;
  if (text.length > maxLength) throw new Error(`an expression has at most ${maxLength} characters`);
  let compiled: Compiled;
  try {
    compiled = compile(text);
  } catch (error) {
    const reason = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
    throw new Error(`“${text.slice(0, 100)}” is no JMESPath expression: ${reason}`);
  }
  for (const name of functionsIn(compiled))
    if (!isRegistered(name)) {
      const why = notHere.get(name);
      throw new Error(`the function ${name}() is not supported${why ? `: ${why}` : ''}`);
    }
  if (kept.size >= maxKept) kept.clear();
  kept.set(text, compiled);
  return compiled;
};

/** Evaluates an expression. Throws an `Error` for what it cannot do. */
export const searchJmesPath = (text: string, data: unknown): unknown =>
  interpreter.search(compileJmesPath(text), data as JSONValue);
