import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  isCelError,
  isCelList,
} from '@bufbuild/cel';
import { growingFunctions } from './functions/growing.ts';
import { listFunctions } from './functions/lists.ts';
import { optionalFunctions } from './functions/optionals.ts';
import { quantityFunctions } from './functions/quantities.ts';
import { regularExpressionFunctions } from './functions/regular-expressions.ts';
import { urlFunctions } from './functions/urls.ts';
import { current } from './run.ts';

const { BOOL, DYN, STRING } = CelScalar;

/** Lists that `@append` made, with the arrays they show. */
const grown = new WeakMap<CelList, CelValue[]>();

/** What `rewrite` puts into expressions. */
const ownFunctions: readonly CelFunc[] = [
  celFunc('@step', [], BOOL, () => {
    current().budget.step();
    return true;
  }),
  celFunc('@variable', [STRING], DYN, name => {
    const value = current().variable(name);
    if (isCelError(value) || value instanceof Error) throw value;
    return value;
  }),
  celFunc('@declared', [STRING], BOOL, () => true),
  // The library would make a list of lists at each step of a map or filter, which is slow to read and deep.
  celFunc('@append', [DYN, DYN], DYN, (list, item) => {
    const items = isCelList(list) ? grown.get(list) : undefined;
    if (items) {
      items.push(item);
      return list;
    }
    const begun = [item];
    const made = celList(begun);
    grown.set(made, begun);
    return made;
  }),
];

/** Expressions of all policies share one environment: what differs between them is checked when they are read. */
export const environment = celEnv({
  funcs: [
    ...growingFunctions,
    ...listFunctions,
    ...optionalFunctions,
    ...quantityFunctions,
    ...regularExpressionFunctions,
    ...urlFunctions,
    ...ownFunctions,
  ],
});
