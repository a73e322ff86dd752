import { clonePlain, deepFreeze, validateObject } from '@causeway/engine';
import {
  apiVersionOf,
  type Fields,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  type ObjectMeta,
  type PlatformError,
  RouteKind,
  withoutNulls,
} from '@causeway/model';
import fc from 'fast-check';
import { applyConfiguration, checkConfiguration } from '../apply/apply-configuration.ts';
import { managedFieldsAfterUpdate } from '../apply/field-manager.ts';
import { refuseDuplicates } from '../apply/refuse-duplicates.ts';
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { ShelfKind } from './shelf-kind.ts';

/** What is said of an object, by whoever says something. */
interface Said {
  metadata: Fields;
  spec?: Fields;
}

/** One write to an object, by a manager. */
export type Step =
  | { do: 'apply'; by: string; force: boolean; said: Said }
  | { do: 'apply status'; by: string; force: boolean; status: Fields }
  /** Sends the whole object, and of its managers what it read, or nothing. */
  | { do: 'replace'; by: string; said: Said; withManagers: boolean }
  | { do: 'merge'; by: string; said: Said }
  | { do: 'merge status'; by: string; status: Fields }
  /** A JSON patch that removes something: which of all there is. */
  | { do: 'remove'; by: string; which: number }
  /** Asks to forget who manages what. */
  | { do: 'forget'; by: string }
  /** The platform itself makes the object, or changes its metadata, and notes no manager. */
  | { do: 'untracked'; said: Said };

const plain = <T>(
  fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<T> => fc.record(fields, { noNullPrototype: true, requiredKeys }) as fc.Arbitrary<T>;
const dictionary = <T>(value: fc.Arbitrary<T>, ...names: string[]): fc.Arbitrary<Fields> =>
  fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true, maxKeys: 3 });
const few = fc.constantFrom('a', 'b');
const number = fc.integer({ min: 0, max: 4 });
const names = fc.constantFrom('a', 'b', 'c<&>', '"\u2028\\');
const set = fc.uniqueArray(names, { maxLength: 3 });
const keyed = <T extends object>(item: fc.Arbitrary<T>, id: (item: T) => unknown): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { maxLength: 3, selector: item => JSON.stringify(id(item)) });

const open = fc.letrec(again => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(0, 'x', true),
    fc.array(fc.constantFrom<unknown>(1, 'y', { a: 1 }), { maxLength: 2 }),
    dictionary(again('any'), 'a', 'b', '.', 'constructor'),
  ),
})).any;

const shelfSpec = plain<Fields>({
  title: few,
  size: number,
  door: plain<Fields>({ width: number, colour: few, lock: plain<Fields>({ keys: number }) }),
  notes: fc.array(few, { maxLength: 2 }),
  tags: set,
  rows: keyed(
    plain(
      {
        name: names,
        depth: number,
        tags: set,
        boxes: keyed(
          plain({ id: fc.constantFrom(1, 2), side: fc.constantFrom('left', 'right'), full: fc.boolean() }, [
            'id',
          ]),
          ({ id, side = 'left' }) => [id, side],
        ),
      },
      ['name'],
    ),
    ({ name }) => name,
  ),
  marks: dictionary(few, 'a', 'b', '.', 'f:x', 'constructor'),
  parts: dictionary(plain<Fields>({ from: few, count: number }), 'a', 'b', 'k:{}'),
  open: dictionary(open, 'a', 'b'),
});
const shelfStatus = plain<Fields>({
  state: few,
  seen: keyed(plain({ by: names, times: number }, ['by']), ({ by }) => by),
});

const routeSpec = plain<Fields>(
  {
    service: few,
    environment: few,
    hostnames: set,
    backends: keyed(
      plain({ name: names, address: few, release: few, weight: number, standby: fc.boolean() }, [
        ...(['name', 'address', 'release'] as const),
      ]),
      ({ name }) => name,
    ),
    timeouts: plain<Fields>({ connect: fc.constantFrom('1s', '5s'), response: fc.constantFrom('1s', '60s') }),
    retries: number,
  },
  // Mostly there: without them the object is refused, which is tried as well.
  ['service', 'environment', 'hostnames', 'backends'],
);
const routeStatus = plain<Fields>({
  gateways: keyed(
    plain({ name: names, observedGeneration: number, draining: fc.array(few, { maxLength: 2 }) }, [
      ...(['name', 'observedGeneration'] as const),
    ]),
    ({ name }) => name,
  ),
});

const some = <T extends Fields | unknown[]>(value: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  value.filter(one => Object.keys(one).length > 0);
const metadata = plain<Fields>({
  labels: some(dictionary(few, 'a', 'b/c', 'constructor')),
  annotations: some(dictionary(names, 'a', 'b/c')),
  finalizers: some(fc.uniqueArray(fc.constantFrom('causeway.dev/a', 'causeway.dev/b'))),
  ownerReferences: some(
    keyed(
      plain({ apiVersion: few, kind: few, name: few, uid: few, blockOwnerDeletion: fc.boolean() }, [
        ...(['apiVersion', 'kind', 'name', 'uid'] as const),
      ]),
      ({ uid }) => uid,
    ),
  ),
});

const kinds = { Shelf: ShelfKind, Route: RouteKind } as unknown as Readonly<Record<string, KindDefinition>>;

export interface Sequence {
  /** A name: a whole kind would fill the report of a failure. */
  readonly of: string;
  readonly steps: readonly Step[];
}

export const kindOf = ({ of }: Sequence): KindDefinition => kinds[of] as KindDefinition;

const by = fc.constantFrom('one', 'two', 'three');
const sequenceOf = (of: string, spec: fc.Arbitrary<Fields>, status: fc.Arbitrary<Fields>) => {
  const said = plain<Said>({ metadata, spec }, ['metadata', 'spec']);
  const is = <Name extends string>(name: Name) => fc.constant(name);
  const force = fc.boolean();
  const apply = plain({ do: is('apply'), by, force, said }, ['do', 'by', 'force', 'said']);
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 8, arbitrary: apply },
    {
      weight: 2,
      arbitrary: plain({ do: is('apply status'), by, force, status }, ['do', 'by', 'force', 'status']),
    },
    {
      weight: 2,
      arbitrary: plain({ do: is('replace'), by, said, withManagers: force }, [
        'do',
        'by',
        'said',
        'withManagers',
      ]),
    },
    { weight: 3, arbitrary: plain({ do: is('merge'), by, said }, ['do', 'by', 'said']) },
    { weight: 1, arbitrary: plain({ do: is('merge status'), by, status }, ['do', 'by', 'status']) },
    { weight: 3, arbitrary: plain({ do: is('remove'), by, which: fc.nat(99) }, ['do', 'by', 'which']) },
  );
  const rare: fc.Arbitrary<Step> = fc.oneof(
    plain({ do: is('forget'), by }, ['do', 'by']),
    plain({ do: is('untracked'), said }, ['do', 'said']),
  );
  return { of: fc.constant(of), apply, step, rare };
};

const generated = [
  sequenceOf('Shelf', shelfSpec, shelfStatus),
  sequenceOf('Route', routeSpec, routeStatus),
] as const;

/** Writes by several managers to one object. `anything`: also such as lose track of who manages what. */
export const sequences = ({ anything = false, maxLength = 10 } = {}): fc.Arbitrary<Sequence> =>
  fc.oneof(
    ...generated.map(({ of, step, rare }) =>
      plain<Sequence>(
        {
          of,
          steps: fc.array(
            anything ? fc.oneof({ weight: 12, arbitrary: step }, { weight: 1, arbitrary: rare }) : step,
            { minLength: 1, maxLength },
          ),
        },
        ['of', 'steps'],
      ),
    ),
  );

export type ApplyStep = Extract<Step, { do: 'apply' }>;
export type StatusStep = Extract<Step, { do: 'apply status' }>;

/** An object that several managers have written to, and an apply that comes next. */
export const sequencesAndApply = fc.oneof(
  ...generated.map(({ of, step, apply }) =>
    fc.tuple(plain<Sequence>({ of, steps: fc.array(step, { maxLength: 8 }) }, ['of', 'steps']), apply),
  ),
);

/** JSON pointers of all there is in a value. */
const pointersIn = (value: unknown, at: string): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => {
        const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        return [pointer, ...pointersIn(inner, pointer)];
      });

/** The JSON patch of a `remove`. */
export const removalFrom = (live: KindObject, which: number): object[] => {
  const { labels = {}, annotations = {} } = live.metadata;
  const pointers = [
    ...pointersIn(live.spec, '/spec'),
    ...pointersIn(labels, '/metadata/labels'),
    ...pointersIn(annotations, '/metadata/annotations'),
  ];
  return pointers.length > 0 ? [{ op: 'remove', path: pointers[which % pointers.length] }] : [];
};

/** Of every object written here. */
export const key = { name: 'it', namespace: 'shop' };
const identity = (kind: KindDefinition) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind });

/** What somebody applies. */
export const configurationOf = (kind: KindDefinition, step: Step, name = key.name): Fields => {
  if (step.do === 'apply status') return { ...identity(kind), metadata: { name }, status: step.status };
  const { metadata = {}, ...rest } = 'said' in step ? step.said : {};
  return { ...identity(kind), metadata: { ...metadata, name }, ...rest };
};

const emptied = (value: unknown): boolean => Object.keys(value ?? {}).length === 0;
const tidied = ({ labels, annotations, finalizers, ownerReferences, ...rest }: ObjectMeta): ObjectMeta => ({
  ...rest,
  ...(emptied(labels) ? {} : { labels }),
  ...(emptied(annotations) ? {} : { annotations }),
  ...(emptied(finalizers) ? {} : { finalizers }),
  ...(emptied(ownerReferences) ? {} : { ownerReferences }),
});

const withManagers = (object: KindObject, managedFields: ObjectMeta['managedFields']): KindObject => {
  const { managedFields: _old, ...rest } = object.metadata;
  return deepFreeze({ ...object, metadata: managedFields ? { ...rest, managedFields } : rest });
};

/** As the store has it: defaults filled in, and at an address only what belongs there. */
const stored = (
  kind: KindDefinition,
  wanted: KindObject,
  live: KindObject | undefined,
  part: 'all' | 'status',
) => {
  const { status: _status, ...rest } = wanted;
  const kept = live?.status === undefined ? {} : { status: live.status };
  const whole = { ...rest, metadata: tidied(wanted.metadata), ...kept } as KindObject;
  const next = part === 'all' ? whole : { ...(live as KindObject), status: wanted.status ?? {} };
  return validateObject(kind, clonePlain(next), live, part);
};

const empty = { metadata: key } as unknown as KindObject;

/** What an update sends, whole. */
const updated = (step: Step, live: KindObject): unknown => {
  const {
    labels: _l,
    annotations: _a,
    finalizers: _f,
    ownerReferences: _o,
    managedFields,
    ...own
  } = live.metadata;
  switch (step.do) {
    case 'replace':
      return {
        ...live,
        metadata: {
          ...own,
          ...step.said.metadata,
          ...(step.withManagers && managedFields ? { managedFields } : {}),
        },
        spec: step.said.spec ?? {},
      };
    case 'merge':
      return mergePatch(live, step.said);
    case 'untracked':
      return mergePatch(live, live.spec ? { metadata: step.said.metadata } : step.said);
    case 'merge status':
      return mergePatch(live, { status: step.status });
    case 'remove':
      return applyJsonPatch(live, parseJsonPatch(removalFrom(live, step.which)));
    default:
      return { ...live, metadata: { ...live.metadata, managedFields: [{}] } };
  }
};

/** What a write makes of an object, as the API does it without HTTP and database. Throws what the API answers. */
export const written = (
  kind: KindDefinition,
  step: Step,
  live: KindObject | undefined,
  now: string,
): KindObject => {
  const subresource = step.do.endsWith('status') ? 'status' : '';
  const part = subresource || 'all';
  if (step.do === 'apply' || step.do === 'apply status') {
    const configuration = configurationOf(kind, step);
    const application = { kind, manager: step.by, subresource, force: step.force, now, configuration };
    checkConfiguration(application);
    const applied = applyConfiguration(application, live);
    const complete = { ...applied, metadata: { ...applied.metadata, ...key } };
    return withManagers(stored(kind, complete, live, part as 'all'), applied.metadata.managedFields);
  }
  const wanted = withoutNulls(updated(step, live ?? { ...empty, ...identity(kind) })) as KindObject;
  if (step.do !== 'untracked') refuseDuplicates(kind, wanted, live);
  const next = stored(kind, wanted, live, part as 'all');
  if (step.do === 'untracked') return withManagers(next, live?.metadata.managedFields);
  const operation = { kind, manager: step.by, subresource, now };
  return withManagers(next, managedFieldsAfterUpdate(operation, live, next, wanted.metadata.managedFields));
};

/** One write: what there was, and what there is, or why not. */
export interface Written {
  readonly step: Step;
  readonly live: KindObject | undefined;
  readonly next?: KindObject;
  readonly refused?: PlatformError;
}

const time = (seconds: number): string =>
  `${new Date(1_767_225_600_000 + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Does the steps one after the other; what is refused changes nothing. */
export const played = (sequence: Sequence): Written[] => {
  const kind = kindOf(sequence);
  let live: KindObject | undefined;
  const all: Written[] = [];
  for (const [index, step] of sequence.steps.entries()) {
    if (!live && (step.do.endsWith('status') || step.do === 'remove' || step.do === 'forget')) continue;
    try {
      const next = written(kind, step, live, time(index));
      all.push({ step, live, next });
      live = next;
    } catch (error) {
      if (!isPlatformError(error)) throw error;
      all.push({ step, live, refused: error });
    }
  }
  return all;
};
