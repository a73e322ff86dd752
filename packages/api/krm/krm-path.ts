import { PlatformError } from '@causeway/model';

/** Where a request under /api or /apis points. `group` is '' for the core group; `namespace` '' for none. */
export type KrmPath =
  | { readonly type: 'core' }
  | { readonly type: 'groups' }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'version'; readonly group: string; readonly version: string }
  | {
      readonly type: 'resource';
      readonly group: string;
      readonly version: string;
      readonly namespace: string;
      readonly plural: string;
      readonly name: string;
      readonly subresource: string;
    };

const decoded = (segment: string): string => {
  if (!segment.includes('%')) return segment;
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw new PlatformError('BadRequest', 'the address is not percent-encoded as it should be');
  }
  if (/[/\\\0]/.test(text) || text === '.' || text === '..')
    throw new PlatformError('BadRequest', 'the address holds a name with characters that no name has');
  return text;
};

const resource = (group: string, version: string, rest: readonly string[]): KrmPath | undefined => {
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status';
  const [plural = '', name = '', subresource = '', ...more] = namespaced ? rest.slice(2) : rest;
  if (more.length > 0) return undefined;
  return {
    type: 'resource',
    group,
    version,
    namespace: namespaced ? (rest[1] ?? '') : '',
    plural,
    name,
    subresource,
  };
};

/** The parts of a path in the resource model; `undefined` when it is none. Throws `BadRequest` for names that could not be. */
export const parseKrmPath = (path: string): KrmPath | undefined => {
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  const [root, ...rest] = trimmed.split('/').map(decoded);
  if (rest.includes('')) return undefined;
  if (root === 'api') {
    const [version, ...more] = rest;
    if (version === undefined) return { type: 'core' };
    return more.length === 0 ? { type: 'version', group: '', version } : resource('', version, more);
  }
  if (root !== 'apis') return undefined;
  const [group, version, ...more] = rest;
  if (group === undefined) return { type: 'groups' };
  if (version === undefined) return { type: 'group', group };
  return more.length === 0 ? { type: 'version', group, version } : resource(group, version, more);
};
