import type { ListOptions } from '@causeway/engine';
import { defaultGroup, type KindDefinition, PlatformError } from '@causeway/model';
import type { KrmContext, KrmRequest } from './krm-request.ts';

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

/** Objects name others in our group, in whatever group they were asked for: kubectl selects events by what they are about. */
const inOurGroup = (selector: string, kind: KindDefinition, apiGroups: readonly string[]): string =>
  kind.selectableFields.some(field => field.endsWith('.apiVersion'))
    ? apiGroups.reduce((text, group) => text.replaceAll(`=${group}/`, `=${defaultGroup}/`), selector)
    : selector;

/** Which objects a list or watch is about: by its address, its selectors, and who asks. */
export const selectionOf = (
  { apiGroups }: KrmContext,
  { call, namespace, name, resource: { kind } }: KrmRequest,
  teams: ReadonlySet<string> | undefined,
): Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'> => {
  const labelSelector = call.query.get('labelSelector');
  const fields = [call.query.get('fieldSelector'), name && `metadata.name=${name}`].filter(Boolean).join(',');
  return {
    ...(namespace ? { namespace } : {}),
    ...(teams ? { namespaces: teams } : {}),
    ...(labelSelector ? { labelSelector } : {}),
    ...(fields ? { fieldSelector: inOurGroup(fields, kind, apiGroups) } : {}),
  };
};
