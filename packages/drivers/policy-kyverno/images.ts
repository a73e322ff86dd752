import { isRecord, textOf } from '../policy-documents/read-documents.ts';

const lists = ['initContainers', 'containers', 'ephemeralContainers'];

/** An image’s name in its parts, with what a container runtime adds to a short one. */
export const partsOfImage = (image: string): Readonly<Record<string, string>> => {
  const [named = '', digest = ''] = image.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const registry = hasRegistry ? first : 'docker.io';
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const [path, tag] =
    colon > rest.lastIndexOf('/') ? [rest.slice(0, colon), rest.slice(colon + 1)] : [rest, ''];
  const shownTag = tag || (digest ? '' : 'latest');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const base = `${registry}/${path}`;
  return {
    registry,
    path,
    name,
    ...(shownTag ? { tag: shownTag } : {}),
    ...(digest ? { digest } : {}),
    reference: digest ? `${base}@${digest}` : `${base}:${shownTag}`,
    referenceWithTag: `${base}:${shownTag}`,
  };
};

const podSpecOf = (object: unknown): unknown => {
  const paths: Readonly<Record<string, readonly string[]>> = {
    Pod: ['spec'],
    CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  };
  const kind = isRecord(object) ? textOf(object.kind) : '';
  const path = Object.hasOwn(paths, kind) ? paths[kind] : ['spec', 'template', 'spec'];
  return path?.reduce<unknown>((one, key) => (isRecord(one) ? one[key] : undefined), object);
};

/** The images of a Pod or what makes Pods, by the names of their containers; `undefined` when there are none. */
export const imagesOf = (object: unknown): unknown => {
  const spec = podSpecOf(object);
  if (!isRecord(spec)) return undefined;
  const images = lists.flatMap(list => {
    const containers = spec[list];
    if (!Array.isArray(containers)) return [];
    const named = containers.flatMap((one: unknown) =>
      isRecord(one) && typeof one.name === 'string' && typeof one.image === 'string'
        ? [[one.name, partsOfImage(one.image)] as const]
        : [],
    );
    return [[list, Object.fromEntries(named)] as const];
  });
  return images.length > 0 ? Object.fromEntries(images) : undefined;
};
