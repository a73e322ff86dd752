import { type CelFunc, CelScalar, type CelValue, celFunc, celMethod, mapType } from '@bufbuild/cel';
import { celOf } from '../values.ts';
import { opaque } from './opaque.ts';

const { BOOL, DYN, STRING } = CelScalar;

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** An absolute URI with an authority, or an absolute path, as Go’s `url.ParseRequestURI` wants it. */
const pattern =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?#@\s]*@)?([^/?#\s]*))?(\/[^?#\s]*)?(?:\?([^\s]*))?$/;
const badEscape = /%(?![0-9A-Fa-f]{2})/;
const hostPattern = /^(?:\[[0-9A-Fa-f:.]+\]|[^[\]:]*)(?::\d*)?$/;

const parse = (text: string): Parts | undefined => {
  const match = pattern.exec(text);
  if (!match || badEscape.test(text)) return undefined;
  const [, scheme = '', host = '', path = '', query = ''] = match;
  if (scheme === '' && !path.startsWith('/')) return undefined;
  return hostPattern.test(host) ? { scheme: scheme.toLowerCase(), host, path, query } : undefined;
};

const urls = opaque<Parts>('URL');

const queryOf = (query: string): CelValue => {
  const found: Record<string, string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(query)) {
    found[key] ??= [];
    found[key].push(value);
  }
  return celOf(found);
};

/** A host without its port, and an IPv6 address without its brackets. */
const hostName = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');

const part = (name: string, of: (parts: Parts) => string): CelFunc =>
  celMethod(name, DYN, [], STRING, function () {
    return of(urls.open(this));
  });

/** Kubernetes’ library `url`. */
export const urlFunctions: readonly CelFunc[] = [
  celFunc('url', [STRING], DYN, text => {
    const parts = parse(text);
    if (!parts) throw new Error(`“${text.slice(0, 100)}” is no URL`);
    return urls.make(parts, text);
  }),
  celFunc('isURL', [STRING], BOOL, text => parse(text) !== undefined),
  part('getScheme', ({ scheme }) => scheme),
  part('getHost', ({ host }) => host),
  part('getHostname', ({ host }) => hostName(host)),
  part('getPort', ({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''),
  part('getEscapedPath', ({ path }) => path),
  celMethod('getQuery', DYN, [], mapType(DYN, DYN), function () {
    return queryOf(urls.open(this).query) as never;
  }),
];
