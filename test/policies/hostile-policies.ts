import type { PolicySource } from '@causeway/contracts';

/** A policy that would use up the machine, or a document that would, and what is said of it. */
export interface Hostile {
  readonly source: PolicySource;
  /** What it is asked about; a small Deployment when not given. */
  readonly object?: () => Readonly<Record<string, unknown>>;
  /** Where a busy machine decides which limit comes first, either. */
  readonly says: RegExp;
}

const source = (engine: PolicySource['engine'], text: string): PolicySource => ({
  engine,
  modules: [{ name: 'policy', source: text }],
});
const denies = (body: string, before = ''): PolicySource =>
  source('rego', `package hostile\n${before}\ndeny contains "found" if {\n${body}\n}\n`);
const cel = (text: string): PolicySource => source('cel', text);
const kyverno = (rule: object): PolicySource =>
  source(
    'kyverno',
    JSON.stringify({
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'hostile' },
      spec: {
        rules: [{ name: 'hostile', match: { any: [{ resources: { kinds: ['Deployment'] } }] }, ...rule }],
      },
    }),
  );
const asks = (expression: string, context: readonly object[] = []): PolicySource =>
  kyverno({
    context,
    validate: {
      deny: { conditions: { any: [{ key: `{{ ${expression} }}`, operator: 'Equals', value: 'x' }] } },
    },
  });

const each = <T>(count: number, of: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => of(n));

const deployment = (spec: object): Readonly<Record<string, unknown>> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec,
});
export const ordinary = deployment({ list: each(300, n => n), text: 'a'.repeat(100_000) });
const longText = () => deployment({ text: 'a'.repeat(10 * 2 ** 20) });
const longList = () => deployment({ list: each(700_000, n => `item-${n}`) });
const nested = (depth: number) => () => {
  let spec: object = {};
  for (let level = 0; level < depth; level++) spec = { inner: spec };
  return deployment(spec);
};

const time = /longer than|stood still/;
const memory = /more memory than its limit/;

/** Each variable is the one before, twice. */
const doubling = (first: string, times: number, use: string): PolicySource =>
  cel(
    JSON.stringify({
      variables: [
        { name: 'v0', expression: first },
        ...each(times, n => ({ name: `v${n + 1}`, expression: `variables.v${n} + variables.v${n}` })),
      ],
      validations: [{ expression: use }],
    }).replace('{', '{\n'),
  );

const nestedLists = (name: string) => [
  { name: `${name}0`, expression: '[1]' },
  ...each(40, n => ({
    name: `${name}${n + 1}`,
    expression: `[variables.${name}${n}, variables.${name}${n}]`,
  })),
];

const ends = /more than \d+ steps|longer than/;
/** Of a function that looks at the time only now and then: on a busy machine the thread is ended before it does. */
const endsLate = /longer than|more memory|stood still/;

export const hostile: Readonly<Record<string, Hostile>> = {
  'Rego: loops within loops': {
    source: denies(
      'some a in input.spec.list\nsome b in input.spec.list\nsome c in input.spec.list\na + b + c < 0',
    ),
    says: ends,
  },
  'Rego: a comprehension over a huge range': {
    source: denies('count([n | some n in numbers.range(1, 100000000)]) < 0'),
    says: endsLate,
  },
  'Rego: all combinations in a set': {
    source: denies('l := input.spec.list\ncount({[a, b, c] | some a in l; some b in l; some c in l}) < 0'),
    says: /more|longer/,
  },
  'Rego: every address there is': {
    source: denies('count(net.cidr_expand("0.0.0.0/0")) < 0'),
    says: endsLate,
  },
  'Rego: numbers that square themselves': {
    source: denies(
      'n24 == 0',
      ['n0 := 99999999999999999999', ...each(24, n => `n${n + 1} := n${n} * n${n}`)].join('\n'),
    ),
    says: time,
  },
  'Rego: functions that call themselves': {
    source: denies('f(1) > 0', 'f(x) := f(x + 1)'),
    says: /nested too deeply|longer than/,
  },
  'Rego: a regular expression that goes back to the end of the text for each of its characters': {
    source: denies('count(regex.find_n(`a.*b|a`, input.spec.text, -1)) < 0'),
    says: time,
  },
  'Rego: all paths of a graph': {
    source: denies(
      'nodes := numbers.range(1, 30)\ngraph.reachable_paths({sprintf("%d", [a]): [sprintf("%d", [b]) | some b in nodes] | some a in nodes}, {"1"}) == set()',
    ),
    says: /stood still|more/,
  },
  'Rego: each character of ten megabytes': {
    source: denies('count(split(input.spec.text, "")) < 0'),
    object: longText,
    says: endsLate,
  },
  'Rego: ten megabytes of items': {
    source: denies(
      'some one in input.spec.list\nsome other in input.spec.list\none == concat("", [other, "x"])',
    ),
    object: longList,
    says: /more|longer|stood still/,
  },
  'Rego: a document that is too deep for it': {
    source: denies('walk(input, [path, _])\ncount(path) < 0'),
    object: nested(500),
    says: /nested more than 127 levels deep/,
  },
  'Rego: a document without a bottom': {
    source: denies('input.kind == "never"'),
    object: nested(100_000),
    says: /nested more than 127 levels deep/,
  },
  'CEL: a document without a bottom': {
    source: cel('object.kind != "never"'),
    object: nested(100_000),
    says: /cannot be judged: it is nested too deeply/,
  },
  'CEL: macros within macros': {
    source: cel('object.spec.list.all(a, object.spec.list.all(b, object.spec.list.all(c, a + b + c >= 0)))'),
    says: ends,
  },
  'CEL: lists within lists': {
    source: cel(
      'object.spec.list.map(a, object.spec.list.map(b, object.spec.list.map(c, [a, b, c]))).size() == 0',
    ),
    says: ends,
  },
  'CEL: a text that doubles': {
    source: doubling('"0123456789abcdef"', 40, 'variables.v40.size() < 0'),
    says: memory,
  },
  'CEL: a list that doubles': {
    source: doubling('[1, 2, 3, 4]', 40, 'variables.v40.all(one, one == 1)'),
    says: memory,
  },
  'CEL: equal lists of 2⁴⁰ items that take no memory': {
    source: cel(
      JSON.stringify({
        variables: [...nestedLists('a'), ...nestedLists('b')],
        validations: [{ expression: 'variables.a40 != variables.b40' }],
      }).replace('{', '{\n'),
    ),
    says: time,
  },
  'CEL: a replacement that explodes': {
    source: cel('object.spec.text.replace("a", object.spec.text).size() < 0'),
    says: memory,
  },
  'CEL: a regular expression that looks at the rest for each character': {
    source: cel('object.spec.text.findAll("a*?b|a").size() < 0'),
    says: time,
  },
  'CEL: ten megabytes in pieces, put together again': {
    source: cel('object.spec.text.split("").join("0123456789").size() < 0'),
    object: longText,
    says: memory,
  },
  'CEL: ten megabytes of items': {
    source: cel('object.spec.list.all(one, one != "never")'),
    object: longList,
    says: ends,
  },
  'Kyverno: a text that doubles': {
    source: asks('length(v40)', [
      { name: 'v0', variable: { value: '0123456789abcdef' } },
      ...each(40, n => ({ name: `v${n + 1}`, variable: { value: `{{ v${n} }}{{ v${n} }}` } })),
    ]),
    says: memory,
  },
  'Kyverno: JMESPath functions within functions': {
    source: asks(
      'map(&map(&map(&to_string(@), $.request.object.spec.list), $.request.object.spec.list), $.request.object.spec.list)',
    ),
    says: ends,
  },
  'Kyverno: JMESPath that holds a value a million times': {
    source: asks(`to_string(${each(6, () => '[@,@,@,@,@,@,@,@,@,@]').join(' | ')})`),
    says: /more|longer/,
  },
  'Kyverno: a text padded to the end of memory': {
    source: asks("pad_left('a', `500000000`, 'x')"),
    says: memory,
  },
  'Kyverno: a replacement that explodes': {
    source: asks("replace_all(request.object.spec.text, 'a', request.object.spec.text)"),
    says: memory,
  },
  'Kyverno: loops within loops': {
    source: kyverno({
      validate: {
        foreach: [
          {
            list: 'request.object.spec.list',
            foreach: [
              {
                list: 'request.object.spec.list',
                foreach: [
                  {
                    list: 'request.object.spec.list',
                    deny: { conditions: { any: [{ key: '{{ element }}', operator: 'Equals', value: -1 }] } },
                  },
                ],
              },
            ],
          },
        ],
      },
    }),
    says: ends,
  },
};
