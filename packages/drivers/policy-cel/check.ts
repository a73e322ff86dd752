import { CelScalar, type CelType, listType, mapType } from '@bufbuild/cel';
import { environment } from './environment.ts';
import type { Expr } from './rewrite.ts';

/**
 * Types of expressions. The library checks none before it evaluates; a rule that cannot work should be refused when it is
 * written, not when it is needed. What documents hold is of any type (`dyn`) until it is evaluated.
 */
const { BOOL, BYTES, DOUBLE, DYN, INT, NULL, STRING, TYPE, UINT } = CelScalar;

export interface CheckScope {
  /** What may be named. */
  readonly names: ReadonlySet<string>;
  /** Variables of the policy that an expression may use, and of what type they are. */
  readonly variables: ReadonlyMap<string, CelType>;
}

export type TellFault = (message: string, id: bigint) => void;

const typeNames = new Set([
  'bool',
  'bytes',
  'double',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
]);

/** What people may know from Kubernetes, and why it is not here. */
const notHere = new Map(
  Object.entries({
    authorizer: 'authorizer is not supported: policies judge documents and see no cluster’s access rules',
    ip: 'Kubernetes’ IP library is not supported; matches() with an expression may do',
    isIP: 'Kubernetes’ IP library is not supported; matches() with an expression may do',
    cidr: 'Kubernetes’ CIDR library is not supported',
    isCIDR: 'Kubernetes’ CIDR library is not supported',
    semver: 'Kubernetes’ semver library is not supported',
    isSemver: 'Kubernetes’ semver library is not supported',
    'format.named': 'Kubernetes’ format library is not supported; matches() with an expression may do',
    validate: 'Kubernetes’ format library is not supported; matches() with an expression may do',
    has: 'has() takes a field, as in has(object.spec)',
    all: 'all() takes a name and a condition, as in list.all(x, x > 0)',
    exists: 'exists() takes a name and a condition, as in list.exists(x, x > 0)',
    exists_one: 'exists_one() takes a name and a condition',
    map: 'map() takes a name and an expression, as in list.map(x, x.name)',
    filter: 'filter() takes a name and a condition, as in list.filter(x, x > 0)',
    transformList: 'loops with two names are not supported',
    transformMap: 'loops with two names are not supported',
  }),
);

const operators = new Map([
  ['@in', 'in'],
  ['!_', '!'],
  ['-_', '-'],
]);
const spoken = (name: string): string => operators.get(name) ?? name.replace(/^_(.+)_$/, '$1');

const numeric = new Set<string>([INT.name, UINT.name, DOUBLE.name]);
const isOpen = (type: CelType): boolean => type.name === 'dyn';
const fits = (given: CelType, wanted: CelType): boolean =>
  isOpen(given) || isOpen(wanted) || given.name === wanted.name;
const common = (types: readonly CelType[]): CelType => {
  const [first, ...rest] = types;
  return first && rest.every(({ name }) => name === first.name) ? first : DYN;
};

/** `a.b.c` of identifiers alone. */
const pathOf = (expr: Expr): string | undefined => {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') return exprKind.value.name;
  if (exprKind.case !== 'selectExpr' || exprKind.value.testOnly || !exprKind.value.operand) return undefined;
  const before = pathOf(exprKind.value.operand);
  return before === undefined ? undefined : `${before}.${exprKind.value.field}`;
};

const constantType: Readonly<Record<string, CelType>> = {
  boolValue: BOOL,
  bytesValue: BYTES,
  doubleValue: DOUBLE,
  int64Value: INT,
  nullValue: NULL,
  stringValue: STRING,
  uint64Value: UINT,
};

/** The type of an expression that was rewritten; each fault is told with the id of where it is. */
export const check = (given: Expr, { names, variables }: CheckScope, fault: TellFault): CelType => {
  type Locals = ReadonlyMap<string, CelType>;

  const expectBool = (type: CelType, id: bigint, what: string): void => {
    if (!fits(type, BOOL)) fault(`${what} must be true or false, not ${type.name}`, id);
  };

  const callType = (expr: Expr, locals: Locals): CelType => {
    if (expr.exprKind.case !== 'callExpr') return DYN;
    const { function: name, target, args } = expr.exprKind.value;
    const path = target && pathOf(target);
    const qualified = path && !locals.has(path.split('.')[0] ?? '') ? `${path}.${name}` : undefined;
    if (qualified && environment.funcs.find(qualified))
      return overload(expr.id, qualified, undefined, args, locals);
    const known = qualified && notHere.get(qualified);
    if (known) {
      fault(known, expr.id);
      return DYN;
    }
    const types = args.map(one => typeOf(one, locals));
    if (name === '_&&_' || name === '_||_') {
      args.forEach((one, index) => {
        expectBool(types[index] ?? DYN, one.id, `each side of ${spoken(name)}`);
      });
      return BOOL;
    }
    if (name === '_?_:_') {
      expectBool(types[0] ?? DYN, args[0]?.id ?? expr.id, 'what is before ?');
      return common(types.slice(1));
    }
    if (name === '@not_strictly_false') return BOOL;
    if (name === '@variable') return variableType(args[0], expr.id);
    if (name === '@declared') {
      variableType(args[0], expr.id);
      return BOOL;
    }
    if (name === '_[_]') return indexed(types[0] ?? DYN, types[1] ?? DYN, expr.id);
    if (name === '_==_' || name === '_!=_') {
      const [one = DYN, two = DYN] = types;
      const comparable = fits(one, two) || (numeric.has(one.name) && numeric.has(two.name));
      if (!comparable && one !== NULL && two !== NULL)
        fault(`a ${one.name} is never equal to a ${two.name}`, expr.id);
      return BOOL;
    }
    return overload(expr.id, name, target, args, locals, types);
  };

  const variableType = (argument: Expr | undefined, id: bigint): CelType => {
    const name =
      argument?.exprKind.case === 'constExpr' && argument.exprKind.value.constantKind.case === 'stringValue'
        ? argument.exprKind.value.constantKind.value
        : '';
    const type = variables.get(name);
    if (!type) fault(`there is no variable ${name} before this`, id);
    return type ?? DYN;
  };

  const indexed = (from: CelType, by: CelType, id: bigint): CelType => {
    if (from.name === 'list') {
      if (!fits(by, INT) && !numeric.has(by.name)) fault(`a list has no place ${by.name}`, id);
      return 'element' in from ? from.element : DYN;
    }
    if (from.name === 'map') return 'value' in from ? from.value : DYN;
    if (!isOpen(from)) fault(`a ${from.name} has no parts`, id);
    return DYN;
  };

  const overload = (
    id: bigint,
    name: string,
    target: Expr | undefined,
    args: readonly Expr[],
    locals: Locals,
    types = args.map(one => typeOf(one, locals)),
  ): CelType => {
    const group = environment.funcs.find(name);
    const on = target && typeOf(target, locals);
    if (!group) {
      fault(notHere.get(name) ?? `there is no function ${spoken(name)}`, id);
      return DYN;
    }
    const fitting = [...group].filter(
      ({ target: wanted, arguments: parameters }) =>
        (on === undefined) === (wanted === undefined) &&
        (!on || !wanted || fits(on, wanted)) &&
        parameters.length === types.length &&
        parameters.every((parameter, index) => fits(types[index] ?? DYN, parameter)),
    );
    if (fitting.length === 0) {
      const given = `(${types.map(one => one.name).join(', ')})`;
      fault(`${on ? `a ${on.name} has no` : 'there is no'} ${spoken(name)}${given}`, id);
    }
    return fitting.length === 0 ? DYN : common(fitting.map(({ result }) => result));
  };

  const loopType = (expr: Expr, locals: Locals): CelType => {
    if (expr.exprKind.case !== 'comprehensionExpr') return DYN;
    const { iterRange, iterVar, accuVar, accuInit, loopCondition, loopStep, result } = expr.exprKind.value;
    if (!iterRange || !accuInit || !loopCondition || !loopStep || !result) return DYN;
    const range = typeOf(iterRange, locals);
    if (range.name !== 'list' && range.name !== 'map' && !isOpen(range))
      fault(`a ${range.name} has nothing to go through`, iterRange.id);
    const element = 'element' in range ? range.element : 'key' in range ? range.key : DYN;
    const accu = accuInit.exprKind.case === 'listExpr' ? listType(DYN) : typeOf(accuInit, locals);
    const inside = new Map([...locals, [accuVar, accu], [iterVar, element]]);
    typeOf(loopCondition, inside);
    typeOf(loopStep, inside);
    return typeOf(result, new Map([...locals, [accuVar, accu]]));
  };

  const named = (name: string, id: bigint): CelType => {
    if (names.has(name)) return DYN;
    if (typeNames.has(name)) return TYPE;
    const known = [...names].sort().join(', ');
    fault(notHere.get(name) ?? `there is no ${name} here; there are ${known}`, id);
    return DYN;
  };

  const typeOf = (expr: Expr, locals: Locals): CelType => {
    const { exprKind, id } = expr;
    switch (exprKind.case) {
      case 'constExpr':
        return constantType[exprKind.value.constantKind.case ?? ''] ?? DYN;
      case 'identExpr':
        return locals.get(exprKind.value.name) ?? named(exprKind.value.name, id);
      case 'selectExpr': {
        const path = pathOf(expr);
        if (path && typeNames.has(path)) return TYPE;
        const { operand, field, testOnly } = exprKind.value;
        const from = operand ? typeOf(operand, locals) : DYN;
        if (!isOpen(from) && from.name !== 'map') fault(`a ${from.name} has no field ${field}`, id);
        if (testOnly) return BOOL;
        return 'value' in from ? from.value : DYN;
      }
      case 'callExpr':
        return callType(expr, locals);
      case 'listExpr':
        return listType(common(exprKind.value.elements.map(one => typeOf(one, locals))));
      case 'structExpr': {
        if (exprKind.value.messageName !== '')
          fault(`messages such as ${exprKind.value.messageName}{…} are not supported`, id);
        const values = exprKind.value.entries.map(({ keyKind, value }) => {
          if (keyKind.case === 'mapKey') typeOf(keyKind.value, locals);
          return value ? typeOf(value, locals) : DYN;
        });
        return mapType(DYN, common(values));
      }
      case 'comprehensionExpr':
        return loopType(expr, locals);
      default:
        return DYN;
    }
  };
  return typeOf(given, new Map());
};
