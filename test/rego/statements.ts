/**
 * Statements, and whether a rule’s body of them holds for OPA. There are `f` and `g`, which answer what they are given, `same`,
 * and the rules `one` and `lacking`, which has no value.
 */
export const statements: Readonly<Record<string, boolean>> = {
  // Arguments are computed before what is negated.
  'not f(input.lacking)': false,
  'not f(lacking)': false,
  'not f(data.lacking)': false,
  'not f(known.lacking)': false,
  'not f(data.p.lacking)': false,
  'not data.p.f(input.lacking)': false,
  'not f(input.no)': true,
  'not f(one)': false,
  'not f(null)': false,
  'not f(false)': true,
  'not f(g(input.lacking))': false,
  'not f(g(input.no))': true,
  'not same(1, 2)': true,
  'not same(one, 2)': true,
  'not same(one, lacking)': false,
  'not count(input.lacking)': false,
  'not startswith(input.lacking, "a")': false,
  'not startswith("a", input.lacking)': false,
  'not regex.match("a", input.lacking)': false,
  'not object.get(input.lacking, "x", false)': false,
  'not object.get(input, "lacking", false)': true,
  'x := input.object; not f(x.lacking)': false,
  'x := input.object; not x.lacking': true,
  'not f(x.lacking); x = input.object': false,
  'not f(x.a) == 2; x = input.object': true,
  'some x in input.list; not same(x.k, 1)': true,
  'some x in input.list; not same(x.lacking, 1)': false,
  'some x in input.list; not x.lacking == 1': true,
  // So are parts of values, references in references, and calls wherever they stand.
  'not f([input.lacking])': false,
  'not f({"a": input.lacking})': false,
  'not f({input.lacking: 1})': false,
  'not f({input.lacking})': false,
  'not f([1, g(input.lacking)])': false,
  'not [input.lacking]': false,
  'not {"a": input.lacking}': false,
  'not f(input.object[input.lacking])': false,
  'not input.object[input.lacking]': false,
  'not input.object[lacking]': false,
  'not input.object[g(input.lacking)]': false,
  'not input.object[input.object[input.lacking]]': false,
  'not input.object[input.object.x]': true,
  'not known[input.lacking]': false,
  'not lacking[one]': true,
  'not f(input.lacking).x': false,
  'not f(input).lacking': true,
  'not f(input.object)[input.lacking]': false,
  // What is compared for equality may be undefined, unless it is a call or within another value.
  'not input.lacking': true,
  'not lacking': true,
  'not input.lacking == 1': true,
  'not input.lacking = 1': true,
  'not 1 == input.lacking': true,
  'not input.lacking == input.lacking': true,
  'not one == lacking': true,
  'not input.a == g(input.lacking)': false,
  'not input.lacking == g(input.lacking)': false,
  'not input.lacking == g(input.a)': true,
  'not g(input.lacking) == 1': false,
  'not g(input.a) == 2': true,
  'not [input.lacking] == [1]': false,
  'not [1] = [input.lacking]': false,
  'not {input.lacking} == set()': false,
  'not input.object[input.lacking] == 1': false,
  'not 1 == input.object[lacking]': false,
  // What is compared or computed otherwise may not.
  'not input.lacking != 1': false,
  'not lacking != one': false,
  'not one != 1': true,
  'not input.lacking < 1': false,
  'not 1 < input.lacking': false,
  'not input.a > 1': true,
  'not input.lacking + 1 == 2': false,
  'not 2 == input.lacking + 1': false,
  'not (input.lacking + 1) * 2 > 3': false,
  'not (input.a + 1) * 2 > 4': true,
  'not 4 < (input.a + 1) * (2 + 0)': true,
  'not (input.lacking == 1)': true,
  'not (input.lacking != 1)': false,
  'not (f(input.lacking))': false,
  'not {1} & input.lacking == {1}': false,
  'not {1} | input.lacking': false,
  'not input.lacking in [1]': false,
  'not 1 in input.lacking': false,
  'not one in [2]': true,
  'not one in [lacking]': false,
  'not input.lacking, 2 in [1]': false,
  'not 0, 2 in [1]': true,
  // Comprehensions have a value, and bodies of their own.
  'not f([x | x := input.lacking])': false,
  'not [x | x := input.lacking] == [1]': true,
  'not count([x | x := g(input.lacking)]) == 1': true,
  'not f([[x | x := 1], input.lacking])': false,
  'x := [1 | not f(input.lacking)]; x == []': true,
  'not count([x | some x in input.list; not f(x.lacking)]) == 2': true,
  'not count([x | some x in input.list; not f(x.k) == 1]) == 2': true,
  'every x in input.list { not same(x.lacking, 1) }': false,
  'every x in input.list { not same(x.k, 3) }': true,
  // What is computed before, is so with what `with` says, and for all that it goes through.
  'not f(input.lacking) with input as {"lacking": false}': true,
  'not f(input.lacking) with input as {"lacking": 1}': false,
  'not f(input.a) with input as {}': false,
  'not f(lacking) with input.lacking as false': true,
  'not f(input.no) with f as g': true,
  'some i; not f(g(input.list[i].k)) == 1': true,
  'not f(g(input.list[_].k)) == 1': true,
  'not f(g(input.list[_].k)) in {1, 2}': false,
  'not f(\n\t\t# first\n\t\tinput.a + # second\n\t\t1,\n\t) == 3': true,
  'not startswith(concat(`\n# not a comment`, ["x", "y"]), "x\\n#")': false,
  // A line that begins with a parenthesis is a statement of its own.
  'x := one\n\t(x == 1)': true,
  'x := input.a # (x)\n\n\t(x + 1) == 2': true,
  'x := input.list[0].k\n\t(x == 1)': true,
  'input.list[0]\n\t(1 == 2)': false,
  'x := set()\n\ty := input.a\n\t(y == 1)': true,
  'x := [y | y := input.a\n\t(y == 2)]; x == []': true,
  'every x in input.list { x.k\n\t(x.k > 1) }': false,
  'not\n\t(input.a == 2)': true,
  '1 in\n\t([1])': true,
  'one with input as\n\t({})': true,
  'x := input.a +\n\t(1 + 1)\n\tx == 3': true,
};

/** Where `not` would go through something, and OPA refuses it. */
export const unsafe: readonly string[] = [
  'not f(input.list[_].k)',
  'not input.list[_].k == 1',
  'not input.list[_]',
  'not 1 in input.list[_]',
  'not [_, input.a] == [1, 1]',
];

export const input = { a: 1, no: false, object: { x: 'y', a: 1 }, list: [{ k: 1 }, { k: 2 }] };

/** A module in whose package `holds` is true when a body of the statement holds. */
export const moduleOf = (statement: string, name = 'p'): string => `package ${name}

import data.known

f(x) := x

g(x) := x

same(x, y) if x == y

one := 1

lacking := input.lacking

holds if {
	${statement.replaceAll('data.p.', `data.${name}.`)}
}
`;
