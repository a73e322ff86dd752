import type { Observation } from './run-script.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One place where our answer is not the real server's. */
export interface Difference {
  /** `CHAPTER / STEP` */
  readonly step: string;
  /** Where in the observation: `body.message`, `body.details.causes[Next next]`. */
  readonly path: string;
  /** `more`: our text is the real one, and goes on. */
  readonly sort: 'other' | 'more';
  readonly real: unknown;
  readonly ours: unknown;
}

/** Lists whose entries are told by what they say and not by where they stand. */
const keys: Readonly<Record<string, readonly string[]>> = {
  causes: ['reason', 'field'],
  managedFields: ['manager', 'operation', 'subresource'],
  columnDefinitions: ['name'],
  resources: ['name'],
};

const keyed = (name: string, value: readonly unknown[]): Map<string, unknown> => {
  const fields = keys[name];
  const entries = new Map<string, unknown>();
  for (const [index, item] of value.entries()) {
    const key =
      fields && isFields(item)
        ? fields
            .map(field => item[field] ?? '')
            .join(' ')
            .trim()
        : String(index);
    let unique = key;
    for (let count = 2; entries.has(unique); count += 1) unique = `${key} ${count}`;
    entries.set(unique, item);
  }
  return entries;
};

/** kubectl ends its last line, and a next step is said after a full stop. */
const goesOn = (real: unknown, ours: unknown): boolean =>
  typeof real === 'string' &&
  typeof ours === 'string' &&
  real !== '' &&
  ours.startsWith(`${real.trimEnd()}. `);

function* between(
  path: string,
  name: string,
  real: unknown,
  ours: unknown,
): Generator<Omit<Difference, 'step'>> {
  if (Object.is(real, ours)) return;
  if (Array.isArray(real) && Array.isArray(ours)) {
    const [a, b] = [keyed(name, real), keyed(name, ours)];
    for (const key of new Set([...a.keys(), ...b.keys()]))
      yield* between(`${path}[${key}]`, '', a.get(key), b.get(key));
  } else if (isFields(real) && isFields(ours)) {
    for (const key of new Set([...Object.keys(real), ...Object.keys(ours)]))
      yield* between(path ? `${path}.${key}` : key, key, real[key], ours[key]);
  } else yield { path, sort: goesOn(real, ours) ? 'more' : 'other', real, ours };
}

/** Where our transcript of a chapter differs from the real server's. */
export const differencesOf = (
  chapter: string,
  real: readonly Observation[],
  ours: readonly Observation[],
): readonly Difference[] => {
  const byStep = new Map(ours.map(observation => [observation.step, observation]));
  return real.flatMap(observation =>
    [...between('', '', observation, byStep.get(observation.step))].map(difference => ({
      step: `${chapter} / ${observation.step}`,
      ...difference,
    })),
  );
};
