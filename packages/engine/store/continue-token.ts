import { PlatformError, parseOutsideJson } from '@causeway/model';

/** Where the next page of a list begins. */
export interface ListPosition {
  /** The first key that it may hold. */
  readonly start: string;
  /** Of the whole list; `undefined`: whatever is newest, since what the list began with is not kept any more. */
  readonly revision: number | undefined;
}

const version = 'meta.k8s.io/v1';
const newest = -1;

/** The token of the kube-apiserver (k8s.io/apiserver/pkg/storage/continue.go), opaque to clients: they hand it back as it is. */
export const encodeContinue = ({ start, revision }: ListPosition): string =>
  Buffer.from(JSON.stringify({ v: version, rv: revision ?? newest, start })).toString('base64url');

const invalid = (why: string): PlatformError =>
  new PlatformError('BadRequest', `invalid continue token: continue key is not valid: ${why}`, {
    next: 'List from the beginning, without continue.',
  });

const parse = (token: string): { v?: unknown; rv?: unknown; start?: unknown } => {
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw invalid('illegal base64 data');
  let value: unknown;
  try {
    value = parseOutsideJson(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(token, 'base64url')),
    );
  } catch {
    throw invalid('it holds no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('it holds no object');
  return value;
};

const isKey = (start: string): boolean =>
  start.split('/').every(segment => segment !== '' && segment !== '.' && segment !== '..');

/** Reads a token. Throws `BadRequest` for what no list gave out. */
export const decodeContinue = (token: string): ListPosition => {
  const { v, rv, start } = parse(token);
  if (v !== version)
    throw invalid(`server does not recognize this encoded version ${String(v).slice(0, 40)}`);
  if (!Number.isSafeInteger(rv) || rv === 0)
    throw invalid(`incorrect encoded start resourceVersion (version ${version})`);
  if (typeof start !== 'string' || start === '')
    throw invalid(`encoded start key empty (version ${version})`);
  if (!isKey(start)) throw invalid(start.slice(0, 200));
  return { start, revision: (rv as number) < 0 ? undefined : (rv as number) };
};
