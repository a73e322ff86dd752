import type { SubjectIdentity } from '../policy-documents/subject.ts';
import { matchesWildcard } from './wildcard.ts';

/** Which kinds a rule is about: `Pod`, `apps/v1/Deployment`, `Pod/status`; each part may have wildcards. */
export interface KindSelector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly subresource: string;
}

const version = /^(?:v\d+(?:(?:alpha|beta)\d+)?|\*)$/;

/** Reads a kind as Kyverno does; `undefined` for what is none. */
export const parseKindSelector = (text: string): KindSelector | undefined => {
  const parts = text.split('/');
  const [first = '', second = '', third = '', fourth = ''] = parts;
  if (parts.some(part => part === '')) return undefined;
  const any = { group: '*', version: '*', subresource: '' };
  if (parts.length === 1) {
    const [kind = '', subresource = ''] = first.split('.');
    return { ...any, kind, subresource };
  }
  if (parts.length === 2) {
    if (first === '*' && second === '*') return { ...any, kind: '*', subresource: '*' };
    return version.test(first)
      ? { ...any, version: first, kind: second }
      : { ...any, kind: first, subresource: second };
  }
  if (parts.length === 3)
    return version.test(second)
      ? { group: first, version: second, kind: third, subresource: '' }
      : { group: '*', version: first, kind: second, subresource: third };
  return parts.length === 4 ? { group: first, version: second, kind: third, subresource: fourth } : undefined;
};

/** Documents are whole objects: a selector of a subresource alone selects none of them. */
export const selectsKind = (
  { group, version, kind, subresource }: KindSelector,
  document: SubjectIdentity,
): boolean =>
  (subresource === '' || subresource === '*') &&
  matchesWildcard(group, document.group) &&
  matchesWildcard(version, document.version) &&
  matchesWildcard(kind, document.kind);
