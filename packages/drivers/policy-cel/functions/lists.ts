import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  listType,
} from '@bufbuild/cel';
import { growingFunctions } from './growing.ts';

const { BOOL, DYN, INT } = CelScalar;
const LIST = listType(DYN);

const { funcs } = celEnv({ funcs: [...growingFunctions] });

/** An operator of the language itself, so that lists compare and add as expressions do. */
const operator =
  (name: string) =>
  (one: CelValue, two: CelValue): CelValue => {
    const result = funcs.find(name)?.call(0, undefined, [one, two]);
    if (result === undefined) throw new Error('the list holds values that cannot be compared or added');
    if (isCelError(result)) throw result;
    return result;
  };
const [equal, less, plus] = [operator('_==_'), operator('_<_'), operator('_+_')];

const has = (list: CelList, wanted: CelValue): boolean => {
  for (const one of list) if (equal(one, wanted) === true) return true;
  return false;
};
const hasAll = (list: CelList, wanted: CelList): boolean => [...wanted].every(one => has(list, one));

const extreme = (list: CelList, isBetter: (one: CelValue, best: CelValue) => boolean): CelValue => {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('the list is empty');
  return rest.reduce((best, one) => (isBetter(one, best) ? one : best), first);
};

/** Kubernetes’ library `lists`, and the library `sets`. */
export const listFunctions: readonly CelFunc[] = [
  celMethod('isSorted', LIST, [], BOOL, function () {
    const items = [...this];
    return items.every((one, index) => index === 0 || less(one, items[index - 1] as CelValue) !== true);
  }),
  celMethod('sum', LIST, [], DYN, function () {
    const [first = 0n, ...rest] = this;
    return rest.reduce(plus, first);
  }),
  celMethod('min', LIST, [], DYN, function () {
    return extreme(this, (one, best) => less(one, best) === true);
  }),
  celMethod('max', LIST, [], DYN, function () {
    return extreme(this, (one, best) => less(best, one) === true);
  }),
  celMethod('indexOf', LIST, [DYN], INT, function (wanted) {
    return BigInt([...this].findIndex(one => equal(one, wanted) === true));
  }),
  celMethod('lastIndexOf', LIST, [DYN], INT, function (wanted) {
    return BigInt([...this].findLastIndex(one => equal(one, wanted) === true));
  }),
  celFunc('sets.contains', [LIST, LIST], BOOL, hasAll),
  celFunc('sets.equivalent', [LIST, LIST], BOOL, (one, two) => hasAll(one, two) && hasAll(two, one)),
  celFunc('sets.intersects', [LIST, LIST], BOOL, (one, two) => [...one].some(item => has(two, item))),
];
