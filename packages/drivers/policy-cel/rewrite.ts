import type { parse } from '@bufbuild/cel';

type Parsed = ReturnType<typeof parse>;
export type Expr = NonNullable<Parsed['expr']>;
type Kind = Expr['exprKind'];
type Comprehension = Extract<Kind, { case: 'comprehensionExpr' }>['value'];
type Call = Extract<Kind, { case: 'callExpr' }>['value'];

const call = (id: bigint, name: string, args: Expr[]): Expr => ({
  $typeName: 'cel.expr.Expr',
  id,
  exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
});

const constant = (id: bigint, value: string): Expr => ({
  $typeName: 'cel.expr.Expr',
  id,
  exprKind: {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value } },
  },
});

const identifier = (id: bigint, name: string): Expr => ({
  $typeName: 'cel.expr.Expr',
  id,
  exprKind: { case: 'identExpr', value: { $typeName: 'cel.expr.Expr.Ident', name } },
});

const list = (id: bigint, elements: Expr[]): Expr => ({
  $typeName: 'cel.expr.Expr',
  id,
  exprKind: {
    case: 'listExpr',
    value: { $typeName: 'cel.expr.Expr.CreateList', elements, optionalIndices: [] },
  },
});

const truth = (id: bigint): Expr => ({
  $typeName: 'cel.expr.Expr',
  id,
  exprKind: {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'boolValue', value: true } },
  },
});

const result = '@result';
const isOptional = ({ exprKind }: Expr): boolean =>
  exprKind.case === 'callExpr' && exprKind.value.function === '@select';
const nameOf = ({ exprKind }: Expr): string | undefined =>
  exprKind.case === 'identExpr' ? exprKind.value.name : undefined;

export interface RewriteOptions {
  /** Where optional selections stand: see `plainExpression`. */
  readonly optional: ReadonlySet<number>;
  readonly positions: Readonly<Record<string, number>>;
}

/**
 * An expression as the library can evaluate it: optional selection, `optMap` and variables become calls of our functions, and
 * each loop counts its steps.
 */
export const rewrite = (given: Expr, { optional, positions }: RewriteOptions): Expr => {
  const marked = ({ id }: Expr): boolean => optional.has(positions[String(id)] ?? -1);

  const select = (expr: Expr, value: Extract<Kind, { case: 'selectExpr' }>['value']): Expr => {
    if (!value.operand) return expr;
    const operand = walk(value.operand);
    const { id } = expr;
    if (nameOf(operand) === 'variables') {
      return call(id, value.testOnly ? '@declared' : '@variable', [constant(id, value.field)]);
    }
    if (!marked(expr) && !isOptional(operand))
      return { ...expr, exprKind: { case: 'selectExpr', value: { ...value, operand } } };
    const selected = call(id, '@select', [operand, constant(id, value.field)]);
    return value.testOnly ? call(id, '@has', [selected]) : selected;
  };

  /** `@result + [item]`, as the macros map and filter write it. */
  const appended = (args: readonly Expr[]): Expr | undefined => {
    const [one, two] = args;
    if (!one || !two || nameOf(one) !== result || two.exprKind.case !== 'listExpr') return undefined;
    const [item, ...more] = two.exprKind.value.elements;
    return item && more.length === 0 ? item : undefined;
  };

  const optMap = (id: bigint, target: Expr, name: string, body: Expr, flat: boolean): Expr => {
    const value: Comprehension = {
      $typeName: 'cel.expr.Expr.Comprehension',
      iterVar: name,
      iterVar2: '',
      iterRange: call(id, '@items', [target]),
      accuVar: result,
      accuInit: list(id, []),
      loopCondition: truth(id),
      loopStep: call(id, '@append', [identifier(id, result), body]),
      result: call(id, flat ? '@flat' : '@first', [identifier(id, result)]),
    };
    return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'comprehensionExpr', value } };
  };

  /** `cel.bind(name, value, body)`: a loop over nothing, whose result sees the value. */
  const bind = (id: bigint, name: string, bound: Expr, body: Expr): Expr => {
    const value: Comprehension = {
      $typeName: 'cel.expr.Expr.Comprehension',
      iterVar: '@none',
      iterVar2: '',
      iterRange: list(id, []),
      accuVar: name,
      accuInit: bound,
      loopCondition: truth(id),
      loopStep: identifier(id, name),
      result: body,
    };
    return { $typeName: 'cel.expr.Expr', id, exprKind: { case: 'comprehensionExpr', value } };
  };

  const callOf = (expr: Expr, value: Call): Expr => {
    const { id } = expr;
    const [first, second, third] = value.args;
    const name = first && nameOf(first);
    if (value.target && name && second && (value.function === 'optMap' || value.function === 'optFlatMap'))
      return optMap(id, walk(value.target), name, walk(second), value.function === 'optFlatMap');
    if (
      value.target &&
      nameOf(value.target) === 'cel' &&
      value.function === 'bind' &&
      name &&
      second &&
      third
    )
      return bind(id, name, walk(second), walk(third));
    const item = value.function === '_+_' ? appended(value.args) : undefined;
    if (item) return call(id, '@append', [identifier(id, result), walk(item)]);
    const args = value.args.map(walk);
    if (value.function === '_[_]' && args[0] && (marked(expr) || isOptional(args[0])))
      return call(id, '@select', args);
    return {
      ...expr,
      exprKind: {
        case: 'callExpr',
        value: { ...value, args, ...(value.target ? { target: walk(value.target) } : {}) },
      },
    };
  };

  const each = (one: Expr | undefined): { value: Expr } | undefined =>
    one ? { value: walk(one) } : undefined;

  const loop = (expr: Expr, value: Comprehension): Expr => {
    const walked = { ...value };
    for (const part of ['iterRange', 'accuInit', 'loopCondition', 'loopStep', 'result'] as const) {
      const one = each(value[part]);
      if (one) walked[part] = one.value;
    }
    if (walked.loopCondition)
      walked.loopCondition = call(expr.id, '_&&_', [call(expr.id, '@step', []), walked.loopCondition]);
    return { ...expr, exprKind: { case: 'comprehensionExpr', value: walked } };
  };

  const walk = (expr: Expr): Expr => {
    const { exprKind } = expr;
    switch (exprKind.case) {
      case 'selectExpr':
        return select(expr, exprKind.value);
      case 'callExpr':
        return callOf(expr, exprKind.value);
      case 'comprehensionExpr':
        return loop(expr, exprKind.value);
      case 'listExpr':
        return {
          ...expr,
          exprKind: {
            case: 'listExpr',
            value: { ...exprKind.value, elements: exprKind.value.elements.map(walk) },
          },
        };
      case 'structExpr':
        return {
          ...expr,
          exprKind: {
            case: 'structExpr',
            value: {
              ...exprKind.value,
              entries: exprKind.value.entries.map(entry => ({
                ...entry,
                keyKind:
                  entry.keyKind.case === 'mapKey'
                    ? { case: 'mapKey' as const, value: walk(entry.keyKind.value) }
                    : entry.keyKind,
                ...(entry.value ? { value: walk(entry.value) } : {}),
              })),
            },
          },
        };
      default:
        return expr;
    }
  };
  return walk(given);
};
