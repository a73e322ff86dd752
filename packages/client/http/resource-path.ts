import { isDnsLabel, isDnsSubdomain, type KindDefinition, PlatformError } from '@causeway/model';

type PathKind = Pick<KindDefinition, 'group' | 'version' | 'plural' | 'scope' | 'singular'>;

/**
 * Where objects of a kind are served, as in the Kubernetes API: `/apis/causeway.dev/v1/namespaces/default/services/orders/log`.
 * Namespace '' means all namespaces of a namespaced kind. Names are checked here, so that no name can change the path.
 */
export const resourcePath = (
  kind: PathKind,
  namespace: string,
  name?: string,
  subresource?: string,
): string => {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const inside =
    kind.scope === 'Cluster' || namespace === ''
      ? ''
      : `/namespaces/${checked(namespace, 'namespace', isDnsLabel)}`;
  if (name === undefined) return `${root}${inside}/${kind.plural}`;
  if (kind.scope === 'Namespaced' && namespace === '')
    throw new PlatformError(
      'BadRequest',
      `A ${kind.singular} lives in a team: say which namespace ${JSON.stringify(name)} is in.`,
    );
  const object = `${root}${inside}/${kind.plural}/${checked(name, `${kind.singular} name`, isDnsSubdomain)}`;
  return subresource === undefined ? object : `${object}/${checked(subresource, 'subresource', isDnsLabel)}`;
};

const checked = (value: string, what: string, valid: (value: string) => boolean): string => {
  if (valid(value)) return value;
  throw new PlatformError('Invalid', `${JSON.stringify(value)} is no ${what}.`, {
    causes: [
      {
        field: what,
        message: "must be made of lower-case letters, digits, '-' and, for composed names, '.'",
      },
    ],
    next: 'Use a name of lower-case letters, digits and hyphens, at most 63 characters.',
  });
};

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `path?a=1`, without what is undefined. */
export const withQuery = (path: string, query: Query): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
};
