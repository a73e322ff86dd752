/** What an item of a list or a field takes up beside its value, about. */
const slot = 8;

/**
 * Bytes that a value takes as text, about; more than `most` is as good as `most`. What is held in many places counts in each, so
 * that a small value may weigh more than there is memory: it is not looked at any further then.
 */
export const weightOf = (given: unknown, most: number): number => {
  let weight = 0;
  const open = [given];
  while (open.length > 0 && weight <= most) {
    const value = open.pop();
    weight += slot;
    if (typeof value === 'string') weight += value.length;
    else if (Array.isArray(value)) {
      if (value.length * slot > most) return weight + value.length * slot;
      for (const one of value) open.push(one);
    } else if (value !== null && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) {
        weight += key.length;
        open.push(one);
      }
  }
  return weight;
};
