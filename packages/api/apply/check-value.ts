import { isFields } from '@causeway/model';
import {
  type FieldType,
  type ListType,
  type MapType,
  type ScalarType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { elementOf, NoElement } from './list-items.ts';
import { fieldElement, shownElement } from './path-element.ts';

const nameOfType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : isFields(value) ? 'map' : typeof value;

const expected: Readonly<Record<ScalarType, string>> = {
  string: 'string',
  number: 'numeric (int or float)',
  boolean: 'boolean',
  any: 'any scalar',
};

const scalarProblem = (type: ScalarType, value: unknown): string | undefined => {
  if (value === null) return undefined;
  const fits = type === 'any' ? typeof value !== 'object' : typeof value === type;
  return fits ? undefined : `expected ${expected[type]}, got ${nameOfType(value)}`;
};

function* listProblems(list: ListType, value: unknown, at: string): Generator<string> {
  if (value === null) return;
  if (!Array.isArray(value)) return yield `${at}: expected list, got ${nameOfType(value)}`;
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`;
    if (list.relation !== 'atomic') {
      try {
        element = elementOf(list, item);
      } catch (error) {
        if (!(error instanceof NoElement)) throw error;
        return yield `${at}: element ${index}: ${error.message}`;
      }
      if (seen.has(element)) yield `${at}: duplicate entries for key ${shownElement(element)}`;
      seen.add(element);
    }
    yield* problemsOf(list.item, item, at + shownElement(element));
  }
}

function* mapProblems(map: MapType, value: unknown, at: string): Generator<string> {
  if (value === null) return;
  if (!isFields(value)) return yield `${at}: expected map, got ${nameOfType(value)}`;
  for (const name of Object.keys(value)) {
    const type = typeOfField(map, name);
    const inner = at + shownElement(fieldElement(name));
    if (type) yield* problemsOf(type, value[name], inner);
    else yield `${inner}: field not declared in schema`;
  }
}

function* problemsOf(type: FieldType, value: unknown, at: string): Generator<string> {
  const { map, scalar, list } = typeOfValue(type, value);
  if (map) yield* mapProblems(map, value, at);
  else if (scalar) {
    const problem = scalarProblem(scalar, value);
    if (problem) yield `${at}: ${problem}`;
  } else if (list) yield* listProblems(list, value, at);
}

/** What keeps a configuration from being applied: fields that are not declared, wrong types, items given twice. */
export const problemsWith = (type: FieldType, value: unknown): string[] => [...problemsOf(type, value, '')];
