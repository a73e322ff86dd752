import { type KindDefinition, type KindObject, PlatformError } from '@causeway/model';
import { valueAt } from './plain.ts';

/** One requirement of a field selector. All of a selector's must hold. */
export interface FieldRequirement {
  /** A dotted path that the kind can be selected by. */
  readonly path: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A value as it stands in a field selector: `\`, `,` and `=` are escaped with a backslash. */
export const escapeFieldValue = (value: string): string => value.replaceAll(/[\\,=]/g, '\\$&');

/** A value of which every `\`, `,` and `=` is escaped, and nothing else. */
const escapedValue = /^(?:[^\\,=]|\\[\\,=])*$/s;

/**
 * Reads a field selector, `metadata.name=x,status.phase!=Failed`, by the grammar of Kubernetes
 * (k8s.io/apimachinery/pkg/fields): only the fields that the kind names, escapes in values. Throws `BadRequest`.
 */
export const parseFieldSelector = (kind: KindDefinition, text: string): FieldRequirement[] => {
  const refuse = (): PlatformError =>
    new PlatformError('BadRequest', `field selector '${text.slice(0, 100)}' cannot be read`, {
      next: 'Write requirements such as metadata.name=x,status.phase!=Failed; escape , = and \\ in values with a \\.',
    });
  const known = ['metadata.name', 'metadata.namespace', ...kind.selectableFields];
  const parts = text.match(/(?:[^\\,]|\\.|\\$)+/gs) ?? [];
  return parts.map(part => {
    const [, path = '', sign, value = ''] = /^([^=!]*)(!=|==|=)(.*)$/s.exec(part) ?? [];
    if (sign === undefined || !escapedValue.test(value)) throw refuse();
    if (!known.includes(path))
      throw new PlatformError('BadRequest', `field label not supported: ${path.slice(0, 100)}`, {
        next: `Select ${kind.plural} by ${known.join(', ')}.`,
      });
    return { path, operator: sign === '!=' ? '!=' : '=', value: value.replaceAll(/\\(.)/g, '$1') };
  });
};

/** Whether a field has the value. A field that is not there is as an empty one. */
export const meetsField = (object: KindObject, { path, operator, value }: FieldRequirement): boolean =>
  (String(valueAt(object, path) ?? '') === value) === (operator === '=');
