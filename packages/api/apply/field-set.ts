import type { FieldSet } from '@causeway/model';

/** A member that has none below it. */
export const leaf: FieldSet = Object.freeze({});
/** As a whole set, the same object means: no field. */
export const noFields: FieldSet = leaf;

const self = '.';

export const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

/** Whether the field of this node belongs to the set, and not only some below it. */
export const isMember = (node: FieldSet): boolean => node[self] !== undefined || isEmpty(node);

const hasMembersBelow = (node: FieldSet): boolean => {
  for (const element in node) if (element !== self) return true;
  return false;
};

type Draft = Record<string, FieldSet>;

/** A node from what is below it; `undefined` when nothing is left. */
const node = (member: boolean, below: Draft | undefined): FieldSet | undefined => {
  if (!below) return member ? leaf : undefined;
  return member ? { [self]: leaf, ...below } : below;
};

interface Operation {
  readonly onlyFirst: boolean;
  readonly onlySecond: boolean;
  readonly both: boolean;
}

/** Works on members one by one: whether a field belongs says nothing of those above or below it. */
const combined = (
  { onlyFirst, onlySecond, both }: Operation,
  a: FieldSet | undefined,
  b: FieldSet | undefined,
  isRoot: boolean,
): FieldSet | undefined => {
  if (!b) return onlyFirst ? a : undefined;
  if (!a) return onlySecond ? b : undefined;
  if (a === b) return both ? a : undefined;
  if (isRoot && isEmpty(b)) return onlyFirst ? a : undefined;
  if (isRoot && isEmpty(a)) return onlySecond ? b : undefined;
  const inA = !isRoot && isMember(a);
  const inB = !isRoot && isMember(b);
  let below: Draft | undefined;
  const keep = (element: string): void => {
    if (element === self) return;
    const found = combined({ onlyFirst, onlySecond, both }, a[element], b[element], false);
    if (found) {
      below ??= {};
      below[element] = found;
    }
  };
  for (const element in a) keep(element);
  if (onlySecond) for (const element in b) if (a[element] === undefined) keep(element);
  return node(inA ? (inB ? both : onlyFirst) : inB && onlySecond, below);
};

/** Whether all members of the second are members of the first. */
export const includes = (a: FieldSet, b: FieldSet): boolean => {
  if (a === b) return true;
  for (const element in b) {
    if (element === self) continue;
    const mine = a[element];
    const theirs = b[element] as FieldSet;
    if (!mine || (isMember(theirs) && !isMember(mine)) || !includes(mine, theirs)) return false;
  }
  return true;
};

const operation =
  (rule: Operation) =>
  (a: FieldSet, b: FieldSet): FieldSet =>
    combined(rule, a, b, true) ?? noFields;

export const union = operation({ onlyFirst: true, onlySecond: true, both: true });
export const intersection = operation({ onlyFirst: false, onlySecond: false, both: true });
/** Members of the first that are not members of the second. What is below a removed field stays. */
export const difference = operation({ onlyFirst: true, onlySecond: false, both: false });

/** As `difference`, but a member of the second takes all below it along. */
export const differenceBelow = (a: FieldSet, b: FieldSet): FieldSet => {
  const below: Draft = {};
  for (const element in a) {
    const mine = a[element] as FieldSet;
    const theirs = element === self ? undefined : b[element];
    if (!theirs || (isEmpty(mine) && !isMember(theirs))) below[element] = mine;
    else if (!isMember(theirs)) {
      const left = differenceBelow(mine, theirs);
      if (!isEmpty(left)) below[element] = left;
    }
  }
  return below;
};

/** The members of a set as paths: at each level first the members, then what is below. */
export const pathsIn = (set: FieldSet, above: readonly string[] = []): string[][] => {
  const elements = Object.keys(set)
    .filter(element => element !== self)
    .sort();
  return [
    ...elements.filter(element => isMember(set[element] as FieldSet)).map(element => [...above, element]),
    ...elements
      .filter(element => hasMembersBelow(set[element] as FieldSet))
      .flatMap(element => pathsIn(set[element] as FieldSet, [...above, element])),
  ];
};

/** Collects members from the leaves up; `undefined` stands for a set that is still empty. */
export const put = (draft: Draft | undefined, element: string, below: FieldSet): Draft => {
  const into = draft ?? {};
  into[element] = below;
  return into;
};

export type { Draft };
