import { type RulePaths, readExpressions } from '../policy-cel/cel-module.ts';
import { compileRules, type Rules } from '../policy-cel/rule-set.ts';
import type { Fault } from '../policy-documents/fault.ts';
import { isRecord, type Path, type PolicyDocument } from '../policy-documents/read-documents.ts';
import type { TellFault } from './match.ts';

/** `validate.cel` of a rule, ready to be evaluated. */
export type CelRules = Rules;

const fields = ['expressions', 'variables', 'auditAnnotations', 'paramKind'];

const celAt = (document: PolicyDocument, path: Path): unknown =>
  path.reduce<unknown>(
    (one, key) =>
      one !== null && typeof one === 'object' ? (one as Record<string | number, unknown>)[key] : undefined,
    document.value,
  );

/** Reads `validate.cel` and `celPreconditions` of the rule at a path; `undefined` when it has none. */
export const readCelRule = (
  document: PolicyDocument,
  path: Path,
  tell: (fault: Fault) => void,
): CelRules | undefined => {
  const cel = celAt(document, [...path, 'validate', 'cel']);
  const fault: TellFault = (at, message) => tell(document.faultAt(at, message));
  const conditions = [...path, 'celPreconditions'];
  if (cel === undefined) {
    if (celAt(document, conditions) !== undefined) fault(conditions, 'celPreconditions go with validate.cel');
    return undefined;
  }
  const at = [...path, 'validate', 'cel'];
  if (!isRecord(cel)) {
    fault(at, 'cel must be a mapping with expressions');
    return undefined;
  }
  for (const key of Object.keys(cel))
    if (key === 'paramRef')
      fault([...at, key], 'paramRef is not supported: params are the parameters of the Policy');
    else if (key === 'generate')
      fault([...at, key], 'generate is not supported: there is no cluster to make it in');
    else if (!fields.includes(key)) fault([...at, key], `cel has no field ${key}`);
  const paths: RulePaths = {
    validations: [...at, 'expressions'],
    variables: [...at, 'variables'],
    conditions,
  };
  const written = { name: undefined, constraints: undefined, ...readExpressions(document, paths, tell) };
  return compileRules(written, '', tell);
};
