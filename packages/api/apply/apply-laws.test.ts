import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateObject } from '@causeway/engine';
import {
  apiVersionOf,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  type ManagedFieldsEntry,
} from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import {
  type ApplyStep,
  configurationOf,
  key,
  kindOf,
  played,
  type Sequence,
  type StatusStep,
  type Step,
  sequences,
  sequencesAndApply,
  type Written,
  written,
} from '../testing/apply-steps.ts';
import {
  type Applied,
  appliedTo,
  isWithin,
  type Owners,
  objectAt,
  ownersAfterUpdate,
  type Path,
  type Places,
  pathsOf,
  placesOf,
  shownPath,
  upwards,
} from '../testing/field-owners.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { entriesOf, managersOf } from './managers.ts';

const runs = 200;
const later = '2026-02-01T00:00:00Z';

const ownersOf = (object: KindObject | undefined): Owners =>
  new Map(
    (object?.metadata.managedFields ?? []).map(({ manager, operation, subresource = '', fieldsV1 }) => [
      [manager, operation, subresource].join(' '),
      pathsOf(fieldsV1),
    ]),
  );
const subresourceOf = (step: Step): string => (step.do.endsWith('status') ? 'status' : '');
const idOf = (step: Step): string => {
  const operation = step.do.startsWith('apply') ? 'Apply' : 'Update';
  return ['by' in step && step.by, operation, subresourceOf(step)].join(' ');
};
const sorted = (owners: Owners): [string, string[]][] =>
  [...owners].map(([id, paths]): [string, string[]] => [id, [...paths].sort()]).sort();
const allOf = (owners: Iterable<ReadonlySet<Path>>): Set<Path> =>
  new Set([...owners].flatMap(paths => [...paths]));

/** What there is after all the steps. */
const resultOf = (sequence: Sequence): KindObject | undefined => {
  const last = played(sequence).at(-1);
  return last?.next ?? last?.live;
};

/** An apply on top; `undefined` when it is refused. */
const next = (kind: KindDefinition, step: Step, live: KindObject | undefined): KindObject | undefined => {
  try {
    return written(kind, step, live, later);
  } catch (error) {
    if (isPlatformError(error, 'ApplyConflict') || isPlatformError(error, 'Invalid')) return undefined;
    throw error;
  }
};

/** What an apply makes of the places of an object, before defaults are filled in again. */
const appliedPlaces = (
  kind: KindDefinition,
  step: ApplyStep | StatusStep,
  live: KindObject | undefined,
): Places => {
  const application = {
    kind,
    manager: step.by,
    subresource: subresourceOf(step),
    force: true,
    now: later,
    configuration: configurationOf(kind, step),
  };
  return placesOf(kind, applyConfiguration(application, live));
};

/** Objects that nobody was tracked for belong to somebody when someone applies for the first time. */
const ownersBefore = (kind: KindDefinition, { step, live }: Written): Owners => {
  const owners = ownersOf(live);
  if (owners.size > 0 || !live || !step.do.startsWith('apply')) return owners;
  const subresource = subresourceOf(step);
  const everything = placesOf(kind, live);
  const untracked = `before-first-apply Update ${subresource}`;
  return ownersAfterUpdate(owners, untracked, new Map(), everything, subresource);
};

/** What the reference makes of an apply. */
const expectedOf = (kind: KindDefinition, one: Written): Applied =>
  appliedTo(
    ownersBefore(kind, one),
    idOf(one.step),
    placesOf(kind, one.live ?? {}),
    placesOf(kind, configurationOf(kind, one.step)),
    subresourceOf(one.step),
  );

const shownConflicts = (kind: KindDefinition, conflicts: Owners): string[] =>
  [...conflicts]
    .flatMap(([id, paths]) => {
      const [manager, operation, subresource] = id.split(' ');
      const at = subresource ? ` with subresource "${subresource}"` : '';
      const version = operation === 'Update' ? ` using ${apiVersionOf(kind)}` : '';
      return [...paths].map(path => `${shownPath(path)} conflict with "${manager}"${at}${version}`);
    })
    .sort();

const valuesOf = (places: Places, but: string): [Path, string | undefined][] =>
  [...places]
    .flatMap(([path, { value }]) => (isWithin(path, but) ? [] : [[path, value] as [Path, typeof value]]))
    .sort();

const agreesAboutApply = (kind: KindDefinition, one: Written, step: ApplyStep | StatusStep): void => {
  const { live, refused } = one;
  const expected = expectedOf(kind, one);
  const other = subresourceOf(step) ? 'f:spec' : 'f:status';
  assert.deepEqual(valuesOf(appliedPlaces(kind, step, live), other), valuesOf(expected.places, other));
  if (refused?.code === 'Invalid') return;
  const conflicts = refused?.code === 'ApplyConflict' ? refused.causes : [];
  assert.deepEqual(
    conflicts.map(({ field, message }) => `${field} ${message}`).sort(),
    step.force ? [] : shownConflicts(kind, expected.conflicts),
  );
  if (one.next) assert.deepEqual(sorted(ownersOf(one.next)), sorted(expected.owners));
};

const agreesAboutUpdate = (kind: KindDefinition, { step, live, next, refused }: Written): void => {
  assert.equal(refused?.code, next ? undefined : 'Invalid', refused?.message ?? '');
  if (!next) return;
  const before = ownersOf(live);
  const places: Places = live ? placesOf(kind, live) : new Map();
  const expected =
    step.do === 'forget'
      ? new Map()
      : step.do === 'untracked' || (live && before.size === 0)
        ? before
        : ownersAfterUpdate(before, idOf(step), places, placesOf(kind, next), subresourceOf(step));
  assert.deepEqual(sorted(ownersOf(next)), sorted(expected));
};

test('values, owners and conflicts are those that a slow reference finds [APP1] [APP2] [APP3]', async () => {
  const seen = { conflicts: 0, refused: 0, written: 0 };
  await holds(
    fc.property(sequences({ anything: true }), sequence => {
      for (const one of played(sequence)) {
        if (one.next) seen.written += 1;
        else if (one.refused?.code === 'ApplyConflict') seen.conflicts += 1;
        else seen.refused += 1;
        const { step } = one;
        if (step.do === 'apply' || step.do === 'apply status') agreesAboutApply(kindOf(sequence), one, step);
        else agreesAboutUpdate(kindOf(sequence), one);
      }
    }),
    runs,
  );
  assert.ok(seen.conflicts > runs / 10 && seen.written > 2 * seen.refused, JSON.stringify(seen));
});

test('applied twice is applied once: no other value, owner or time [APP1]', async () => {
  await holds(
    fc.property(sequencesAndApply, ([sequence, step]) => {
      const kind = kindOf(sequence);
      const once = next(kind, { ...step, force: true }, resultOf(sequence));
      if (once) assert.deepEqual(written(kind, step, once, '2026-03-01T00:00:00Z'), once);
    }),
    runs,
  );
});

/** An empty list is nobody’s, and so is what an update has emptied. */
const withoutEmpty = (object: object): unknown =>
  JSON.parse(JSON.stringify(object), (_name, value) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value,
  );

test('owned is what is there and was said; what nobody owns is a default [APP1] [APP3]', async () => {
  await holds(
    fc.property(sequences(), sequence => {
      const kind = kindOf(sequence);
      for (const { step, next, live } of played(sequence)) {
        if (!next) continue;
        const owners = ownersOf(next);
        const places = placesOf(kind, next);
        const owned = allOf(owners.values());
        for (const path of owned) assert.ok(places.has(path), `${path} is owned, and not there`);
        if (step.do === 'apply') {
          const said = placesOf(kind, configurationOf(kind, step));
          const mine = owners.get(idOf(step)) ?? new Set();
          for (const path of mine) assert.ok(said.get(path)?.owned, `${path} was not said`);
          for (const [path, { owned, value }] of said)
            if (owned && path.startsWith('f:spec')) {
              assert.ok(mine.has(path), `${path} was said`);
              if (value !== undefined) assert.equal(places.get(path)?.value, value);
            }
        }
        const part = objectAt(kind, next, owned);
        const status = next.status && { status: part.status ?? {} };
        assert.deepEqual(
          withoutEmpty(validateObject(kind, { ...part, ...status }, live, 'all')),
          withoutEmpty(next),
          'without what nobody owns it is the same',
        );
      }
    }),
    runs,
  );
});

/** Whether all above it that is named by the data, and not by the schema, is wanted by someone still. */
const isHeld = (path: Path, places: Places, owned: ReadonlySet<Path>): boolean =>
  upwards(path).every(above => owned.has(above) || places.get(above)?.declared);

test('what another owns neither changes nor goes; by force only where it was said; a conflict says so [APP2]', async () => {
  await holds(
    fc.property(sequencesAndApply, ([sequence, step]) => {
      const kind = kindOf(sequence);
      const live = resultOf(sequence);
      if (!live) return;
      const [before, said] = [placesOf(kind, live), placesOf(kind, configurationOf(kind, step))];
      const others = new Map([...ownersOf(live)].filter(([id]) => id !== idOf(step)));
      const isTaken = (path: Path) => said.has(path) && said.get(path)?.value !== before.get(path)?.value;
      const taken = [...allOf(others.values())].filter(isTaken);
      const forced = next(kind, { ...step, force: true }, live);
      if (!forced) return;
      assert.equal(next(kind, { ...step, force: false }, live) === undefined, taken.length > 0);
      const [after, owners] = [placesOf(kind, forced), ownersOf(forced)];
      const held = new Set([...said.keys(), ...allOf(others.values())]);
      for (const [id, paths] of others)
        for (const path of paths) {
          // Empty labels and the like are the same as none.
          if (path.startsWith('f:metadata') && before.get(path)?.value === undefined) continue;
          const isReplaced = upwards(path).some(
            above => isTaken(above) && said.get(above)?.value !== undefined,
          );
          if (isTaken(path)) {
            assert.ok(!owners.get(id)?.has(path) && owners.get(idOf(step))?.has(path));
          } else if (!isReplaced && isHeld(path, before, held)) {
            assert.equal(after.get(path)?.value, before.get(path)?.value, `${path} of ${id}`);
            assert.ok(owners.get(id)?.has(path), `${path} of ${id}`);
          }
        }
    }),
    runs,
  );
});

test('who applies nothing more leaves all that others own, and nothing that only it owned [APP1]', async () => {
  await holds(
    fc.property(sequencesAndApply, ([sequence, step]) => {
      const kind = kindOf(sequence);
      const live = resultOf(sequence);
      if (!live) return;
      const nothing: ApplyStep = { ...step, said: { metadata: {} } };
      const [before, after] = [placesOf(kind, live), appliedPlaces(kind, nothing, live)];
      const owners = ownersOf(live);
      const mine = owners.get(idOf(step)) ?? new Set();
      const others = allOf([...owners].flatMap(([id, paths]) => (id === idOf(step) ? [] : [paths])));
      for (const path of mine)
        if (!others.has(path) && before.get(path)?.value !== undefined) assert.ok(!after.has(path), path);
      for (const path of others)
        if (before.get(path)?.value !== undefined && isHeld(path, before, others))
          assert.equal(after.get(path)?.value, before.get(path)?.value, path);
      const left = next(kind, nothing, live);
      if (left) assert.ok(!ownersOf(left).has(idOf(step)));
    }),
    runs,
  );
});

test('who says the same may say it in any order, and take it back in any order [APP1] [APP2]', async () => {
  await holds(
    fc.property(sequencesAndApply, fc.func(fc.nat(15)), ([{ of }, step], pick) => {
      const kind = kindOf({ of, steps: [] });
      const said = configurationOf(kind, step);
      const places = placesOf(kind, said);
      /** A part of it; items are in it or not. */
      const part = (by: string, bit: number): ApplyStep => {
        const isIn = (path: Path) => ((pick(path.split('\0k:')[0]) >> bit) & 1) === 1;
        // Empty labels and annotations are the same as none.
        const isSaid = (path: Path) => path.startsWith('f:spec') || places.get(path)?.value !== undefined;
        const paths = [...places.keys()].filter(path => isIn(path) && isSaid(path));
        const { metadata, spec } = objectAt(kind, said, new Set(paths));
        return { do: 'apply', by, force: false, said: { metadata: { ...metadata }, ...(spec && { spec }) } };
      };
      const result = (...steps: ApplyStep[]): KindObject | undefined =>
        steps.reduce<KindObject | undefined>((now, one) => next(kind, one, now) ?? now, undefined);
      const complete: ApplyStep = { ...step, by: 'three', force: false };
      const [one, two, oneAfter, twoAfter] = [part('one', 0), part('two', 1), part('one', 2), part('two', 3)];
      const [first, ...others] = [
        result(complete, one, two, oneAfter, twoAfter),
        result(complete, two, one, twoAfter, oneAfter),
        result(complete, two, one, oneAfter, twoAfter),
        result(complete, oneAfter, twoAfter),
        result(complete, twoAfter, oneAfter),
      ];
      for (const other of others) {
        assert.deepEqual(other?.spec, first?.spec);
        assert.deepEqual(sorted(ownersOf(other)), sorted(ownersOf(first)));
      }
      if (of !== 'Shelf') return;
      // When nobody is left, everything belongs to whoever was before the next one: so somebody stays.
      const another: ApplyStep = { ...complete, said: { metadata: { labels: { another: 'x' } } } };
      const [gone, ...alike] = [
        result(another, one, two, oneAfter, twoAfter),
        result(another, two, one, twoAfter, oneAfter),
        result(another, two, one, oneAfter, twoAfter),
      ].map(object => [
        valuesOf(placesOf(kind, object ?? {}), '').filter(([, value]) => value !== undefined),
        sorted(ownersOf(object)),
      ]);
      for (const other of alike) assert.deepEqual(other, gone);
    }),
    runs,
  );
});

/** The same set of fields, its names in another order. */
const turned = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields)
      .reverse()
      .map(([name, inner]) => [name, turned(inner)]),
  );

test('managers are the same after JSON, in any order, at any time [APP3] [APP4]', async () => {
  await holds(
    fc.property(sequencesAndApply, fc.array(fc.nat()), ([sequence, step], order) => {
      const kind = kindOf(sequence);
      const live = resultOf(sequence);
      const entries = live?.metadata.managedFields;
      if (!live || !entries) return;
      const read = JSON.parse(JSON.stringify(entries)) as ManagedFieldsEntry[];
      const managers = managersOf(read);
      assert.ok(managers);
      assert.deepEqual(JSON.parse(JSON.stringify(entriesOf(managers))), read);
      const shuffled = read
        .map((entry, index) => ({ entry, place: order[index] ?? index }))
        .sort((a, b) => a.place - b.place)
        .map(({ entry }, index) => ({
          ...entry,
          fieldsV1: turned(entry.fieldsV1) as ManagedFieldsEntry['fieldsV1'],
          time: `2026-01-01T00:00:${String(index).padStart(2, '0')}Z`,
        }));
      const other = { ...live, metadata: { ...live.metadata, managedFields: shuffled } };
      const [one, two] = [next(kind, step, live), next(kind, step, other)];
      assert.deepEqual(sorted(ownersOf(one)), sorted(ownersOf(two)));
      assert.deepEqual(one?.spec, two?.spec);
      assert.equal(one?.metadata.name, one && key.name);
    }),
    runs,
  );
});
