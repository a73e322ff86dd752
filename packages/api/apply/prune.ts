import type { FieldSet } from '@causeway/model';
import { difference, intersection, isEmpty, union } from './field-set.ts';
import type { FieldType } from './field-type.ts';
import { fieldsOfValue } from './fields-of-value.ts';
import type { Managers } from './managers.ts';
import { withoutFields } from './remove-fields.ts';
import { withNamedFields } from './schema-sets.ts';

/**
 * Removes what someone applied last time and does not apply this time, unless another owns it: a field, an item of a list
 * or a map. `managers` hold the new set of who applies. Of a removed container, what others own in it stays.
 */
export const pruned = (type: FieldType, merged: unknown, managers: Managers, last: FieldSet): unknown => {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, type);
  const all = named(fieldsOfValue(type, merged));
  const fieldsLeft = (value: unknown): FieldSet => named(fieldsOfValue(type, value));

  const without = withoutFields(type, merged, named(last));
  const owned = named([...managers.values()].reduce<FieldSet>((sum, { fields }) => union(sum, fields), {}));
  // Removing a container took along what others own inside: that is put back …
  const withOwned = withoutFields(type, merged, difference(all, union(fieldsLeft(without), owned)));
  // … and so is what was never applied from here and nobody owns.
  const gone = intersection(difference(all, fieldsLeft(withOwned)), named(last));
  return withoutFields(type, merged, gone);
};
