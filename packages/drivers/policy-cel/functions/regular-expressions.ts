import { type CelFunc, CelScalar, celList, celMethod, listType } from '@bufbuild/cel';
import { RE2JS } from 're2js';

const { INT, STRING } = CelScalar;
const STRINGS = listType(STRING);

function* matchesIn(text: string, pattern: string): Generator<string> {
  const matcher = RE2JS.compile(pattern).matcher(text);
  while (matcher.find()) yield matcher.group() ?? '';
}

/** Kubernetes’ library `regex`: RE2, whose time grows with the text alone. */
export const regularExpressionFunctions: readonly CelFunc[] = [
  celMethod('find', STRING, [STRING], STRING, function (pattern) {
    return matchesIn(this, pattern).next().value ?? '';
  }),
  celMethod('findAll', STRING, [STRING], STRINGS, function (pattern) {
    return celList([...matchesIn(this, pattern)]);
  }),
  celMethod('findAll', STRING, [STRING, INT], STRINGS, function (pattern, limit) {
    const found = matchesIn(this, pattern);
    return celList([...(limit < 0n ? found : found.take(Number(limit)))]);
  }),
];
