import { type Fields, type KindDefinition, PlatformError } from '@causeway/model';
import { warn } from '../http/warning.ts';
import type { KrmRequest } from './krm-request.ts';
import { unknownFields } from './unknown-fields.ts';
import type { ValidationMode } from './write-options.ts';

const maxWarnings = 20;

export interface FieldValidation {
  /** Looks at an object that is to be stored. With Strict, unknown fields are a `BadRequest` that names them. */
  check(object: Fields): void;
  /** With Warn, puts what the last check found into the answer's headers. */
  warn(): void;
}

/** What `fieldValidation` asks for: Strict, Warn (when not said) or Ignore. */
export const fieldValidation = ({ call, resource }: KrmRequest, mode: ValidationMode): FieldValidation => {
  let found: readonly string[] = [];
  return {
    check(object) {
      found =
        mode === 'Ignore' ? [] : unknownFields(resource.kind, object).map(path => `unknown field "${path}"`);
      if (mode === 'Strict' && found.length > 0) throw strictError(resource.kind, found);
    },
    warn() {
      for (const text of found.slice(0, maxWarnings)) warn(call, text);
    },
  };
};

const strictError = (kind: KindDefinition, found: readonly string[]): PlatformError =>
  new PlatformError(
    'BadRequest',
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${found.slice(0, maxWarnings).join(', ')}`,
    { kind: kind.plural, next: `See the fields it has: kubectl explain ${kind.singular} --recursive` },
  );
