import type { Environment, EnvironmentRequest, NewObject, OwnerReference } from '@causeway/model';
import type { Offer } from '../../settings.ts';
import { environmentFinalizer } from '../environment/finalizer.ts';

type Spec = Environment['spec'];

/** Annotations that say where a request came from; its environment has them, too. */
const handedOn = [
  'causeway.dev/created-by',
  'causeway.dev/source',
  'causeway.dev/source-path',
  'causeway.dev/change-request',
];

const settingsOf = ({ spec }: EnvironmentRequest, offer: Offer): Partial<Spec> => {
  const { owner: _owner, lifetime = offer.lifetime, ...settings } = spec;
  return { ...settings, lifetime };
};

/** The environment’s spec as the request wants it; what belongs to the environment alone stays. */
export const wantedSpec = (request: EnvironmentRequest, offer: Offer, present: Spec): Spec => {
  const { type, request: name, startsAt, extension, sleep, deploys } = present;
  return {
    type,
    request: name,
    ...settingsOf(request, offer),
    startsAt,
    ...(extension === undefined ? {} : { extension }),
    ...(sleep === undefined ? {} : { sleep }),
    deploys,
  };
};

/**
 * The environment that a request asks for. Its lifetime begins when it is written: the clock is read anew at each attempt, as the
 * database may have been away at the first.
 */
export const environmentFor = (
  request: EnvironmentRequest,
  offer: Offer,
  now: () => number,
  owner: OwnerReference,
): NewObject => {
  const { name, namespace = '', annotations = {}, labels } = request.metadata;
  return {
    metadata: {
      name,
      namespace,
      ...(labels ? { labels } : {}),
      annotations: Object.fromEntries(
        handedOn.flatMap(key => (annotations[key] === undefined ? [] : [[key, annotations[key]]])),
      ),
      ownerReferences: [owner],
      finalizers: [environmentFinalizer],
    },
    spec: {
      type: 'requested',
      request: name,
      ...settingsOf(request, offer),
      get startsAt() {
        return new Date(now()).toISOString();
      },
    },
  };
};
