import { PlatformError } from '@causeway/model';

/** What the answer is to look like: the object itself, or one of the forms that Kubernetes clients ask for with `as=`. */
export type Form = 'Object' | 'Table' | 'PartialObjectMetadata' | 'APIGroupDiscoveryList';

interface Offer {
  readonly form: Form;
  readonly contentType: string;
}

/** The forms that `as=`, `g=` and `v=` name; lists of metadata are asked for under a name of their own. */
const forms: Readonly<Record<string, Offer>> = {
  'Table meta.k8s.io v1': { form: 'Table', contentType: 'application/json' },
  'PartialObjectMetadata meta.k8s.io v1': { form: 'PartialObjectMetadata', contentType: 'application/json' },
  'PartialObjectMetadataList meta.k8s.io v1': {
    form: 'PartialObjectMetadata',
    contentType: 'application/json',
  },
  'APIGroupDiscoveryList apidiscovery.k8s.io v2': {
    form: 'APIGroupDiscoveryList',
    contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  },
};
const plain: Offer = { form: 'Object', contentType: 'application/json' };
const json = new Set(['application/json', 'application/*', '*/*', 'application/problem+json']);

const offerFor = (range: string): Offer | undefined => {
  const [type = '', ...parameters] = range.split(';').map(part => part.trim());
  if (!json.has(type.toLowerCase())) return undefined;
  let as = '';
  let group = '';
  let version = '';
  for (const parameter of parameters) {
    if (parameter.startsWith('as=')) as = parameter.slice(3);
    else if (parameter.startsWith('g=')) group = parameter.slice(2);
    else if (parameter.startsWith('v=')) version = parameter.slice(2);
    else if (/^q=0(?:\.0*)?$/.test(parameter)) return undefined;
  }
  if (as === '') return plain;
  const name = `${as} ${group} ${version}`;
  return Object.hasOwn(forms, name) ? forms[name] : undefined;
};

/** By what is allowed, which callers say with the same few arrays. */
const known = new WeakMap<readonly Form[], Map<string, Offer | null>>();

/** The first of the client's wishes that can be met, among `allowed`. Throws `NotAcceptable` when none can. */
export const negotiate = (accept: string | undefined, allowed: readonly Form[]): Offer => {
  if (!accept) return plain;
  const answers = known.get(allowed) ?? new Map<string, Offer | null>();
  let offer = answers.get(accept);
  if (offer === undefined) {
    offer =
      accept
        .split(',')
        .map(range => offerFor(range.trim()))
        .find(found => found && (found.form === 'Object' || allowed.includes(found.form))) ?? null;
    // Clients send a handful of different headers; whoever sends many more gets no place in memory.
    if (answers.size < 256 && accept.length < 1024) known.set(allowed, answers.set(accept, offer));
  }
  if (offer) return offer;
  throw new PlatformError('NotAcceptable', `none of ${accept.slice(0, 200)} can be served here`);
};
