import { type ErrorCause, PlatformError } from '@causeway/model';
import type { Call } from '../http/call.ts';

export type ValidationMode = 'Strict' | 'Warn' | 'Ignore';

/** What the query of a write says (CreateOptions, UpdateOptions, PatchOptions of meta.k8s.io/v1). */
export interface WriteRequestOptions {
  /** Who is noted as the manager of what changes: the parameter, else what the client calls itself. */
  readonly manager: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly validation: ValidationMode;
}

const maxManagerLength = 128;
const modes = ['Ignore', 'Strict', 'Warn'] as const;
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

const wrong = (field: string, reason: string, message: string): ErrorCause => ({ field, reason, message });
const quoted = (values: readonly string[]): string => values.map(value => JSON.stringify(value)).join(', ');

const managerProblems = (manager: string): ErrorCause[] => {
  const causes: ErrorCause[] = [];
  if (Buffer.byteLength(manager) > maxManagerLength)
    causes.push(
      wrong('fieldManager', 'FieldValueTooLong', `Too long: may not be more than ${maxManagerLength} bytes`),
    );
  const at = manager.search(unprintable);
  if (at >= 0) {
    const code = manager.codePointAt(at)?.toString(16).toUpperCase().padStart(4, '0');
    const message = `Invalid value: ${JSON.stringify(manager.slice(0, 200))}: invalid character U+${code} (at position ${Buffer.byteLength(manager.slice(0, at))})`;
    causes.push(wrong('fieldManager', 'FieldValueInvalid', message));
  }
  return causes;
};

/** What the client calls itself before the first slash: `kubectl/v1.37` is kubectl. */
const agentName = (agent: string): string => {
  let name = '';
  for (const character of agent.split('/', 1)[0] ?? '') {
    if (unprintable.test(character)) continue;
    if (Buffer.byteLength(name + character) > maxManagerLength) break;
    name += character;
  }
  return name;
};

/** Kubernetes reads any word but these two as true. */
const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0';

/** Reads the options of a write. Throws `Invalid` with a cause for each that is not as it must be. */
export const writeOptions = (
  { query, request }: Call,
  type: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteRequestOptions => {
  const given = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun');
  const mode = query.get('fieldValidation') || 'Warn';
  const causes: ErrorCause[] = [];
  if (isApply && given === '')
    causes.push(wrong('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch'));
  if (type === 'PatchOptions' && !isApply && query.has('force'))
    causes.push(wrong('force', 'FieldValueForbidden', 'Forbidden: may not be specified for non-apply patch'));
  if (given !== '') causes.push(...managerProblems(given));
  if (dryRun.some(one => one !== 'All'))
    causes.push(
      wrong(
        'dryRun',
        'FieldValueNotSupported',
        `Unsupported value: [${quoted(dryRun.map(one => one.slice(0, 40)))}]: supported values: "All"`,
      ),
    );
  const validation = modes.find(one => one === mode);
  if (!validation)
    causes.push(
      wrong(
        'fieldValidation',
        'FieldValueNotSupported',
        `Unsupported value: ${JSON.stringify(mode.slice(0, 40))}: supported values: "", ${quoted(modes)}`,
      ),
    );
  if (causes.length > 0 || !validation) {
    const what = causes.map(({ field, message }) => `${field}: ${message}`);
    throw new PlatformError(
      'Invalid',
      `${type}.meta.k8s.io "" is invalid: ${what.length === 1 ? what[0] : `[${what.join(', ')}]`}`,
      { causes, next: 'Correct the parameters in the address.' },
    );
  }
  return {
    manager: given || agentName(request.headers['user-agent'] ?? ''),
    force: isTrue(query.get('force')),
    dryRun: dryRun.length > 0,
    validation,
  };
};
