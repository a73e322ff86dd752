import type { ListOptions } from '@causeway/engine';
import { PlatformError } from '@causeway/model';
import type { KrmRequest } from './krm-request.ts';

const wrong = (name: string, value: string, what: string): PlatformError =>
  new PlatformError(
    'BadRequest',
    `the parameter ${name} is ${JSON.stringify(value.slice(0, 80))}: it must be ${what}`,
  );

/** A parameter that is a whole number; `undefined` when it is not there. */
export const numberParameter = ({ call }: KrmRequest, name: string): number | undefined => {
  const value = call.query.get(name);
  if (!value) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(value)) throw wrong(name, value, 'a whole number');
  return Number(value);
};

/** A resource version as lists and watches take it; `undefined` when it is not there. */
export const versionParameter = ({ call }: KrmRequest): string | undefined => {
  const value = call.query.get('resourceVersion');
  if (!value) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw wrong('resourceVersion', value, 'one that this server gave');
  return value;
};

/** Which objects a list or watch is about: by its address, its selectors, and who asks. */
export const selectionOf = (
  { call, namespace, name }: KrmRequest,
  teams: ReadonlySet<string> | undefined,
): Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'> => {
  const labelSelector = call.query.get('labelSelector');
  const fields = [call.query.get('fieldSelector'), name && `metadata.name=${name}`].filter(Boolean).join(',');
  return {
    ...(namespace ? { namespace } : {}),
    ...(teams ? { namespaces: teams } : {}),
    ...(labelSelector ? { labelSelector } : {}),
    ...(fields ? { fieldSelector: fields } : {}),
  };
};
