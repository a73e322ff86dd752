import { type CelResult, type CelType, type CelValue, parse, plan } from '@bufbuild/cel';
import { type CheckScope, check } from './check.ts';
import { environment } from './environment.ts';
import { plainExpression } from './optional-syntax.ts';
import { rewrite } from './rewrite.ts';

/** Longer ones are programs; the parser’s time grows faster than they do. */
const maxLength = 20_000;

export interface Expression {
  readonly text: string;
  readonly type: CelType;
  /** Its value, or an error as a value. Throws only what a `Run` throws. */
  evaluate(bindings: Readonly<Record<string, CelValue>>): CelResult;
}

/** `offset` counts characters within the expression. */
export type TellExpressionFault = (message: string, offset: number) => void;

const isSyntaxError = (
  error: unknown,
): error is {
  readonly rawMessage: string;
  readonly location: { readonly start: { readonly offset: number } };
} => error instanceof Error && 'rawMessage' in error && 'location' in error;

const messageOf = (error: unknown): string =>
  error instanceof RangeError
    ? 'it is nested too deeply'
    : error instanceof Error
      ? error.message
      : String(error);

/** An expression ready to be evaluated; `undefined` when it is wrong, which is told to `fault`. */
export const compileExpression = (
  text: string,
  scope: CheckScope,
  wanted: 'bool' | 'string' | 'any',
  fault: TellExpressionFault,
): Expression | undefined => {
  if (text.length > maxLength) {
    fault(`an expression has at most ${maxLength} characters`, 0);
    return undefined;
  }
  const { text: plain, optional } = plainExpression(text);
  let faults = 0;
  const tell: TellExpressionFault = (message, offset) => {
    faults += 1;
    // The parser says of an operator where the space before it begins.
    fault(message, offset + (/^\s*/.exec(plain.slice(offset))?.[0].length ?? 0));
  };
  try {
    const { expr, sourceInfo } = parse(`${plain}\n`);
    if (!expr) throw new Error('there is no expression');
    const positions = sourceInfo?.positions ?? {};
    const rewritten = rewrite(expr, { optional, positions });
    const type = check(rewritten, scope, (message, id) => {
      tell(message, positions[String(id)] ?? 0);
    });
    if (wanted !== 'any' && type.name !== 'dyn' && type.name !== wanted)
      tell(`this must be a ${wanted}, and is a ${type.name}`, 0);
    if (faults > 0) return undefined;
    const evaluate = plan(environment, rewritten);
    return { text, type, evaluate: bindings => evaluate(bindings) };
  } catch (error) {
    if (isSyntaxError(error)) tell(`syntax: ${error.rawMessage}`, error.location.start.offset);
    else tell(messageOf(error), 0);
    return undefined;
  }
};
