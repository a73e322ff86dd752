import { isDeepStrictEqual } from 'node:util';
import type { RecordedPush } from '@causeway/contracts';
import type { Actor } from '@causeway/engine';
import {
  durationMs,
  type Environment,
  EnvironmentKind,
  type EnvironmentService,
  isPlatformError,
  keyOf,
  type Service,
} from '@causeway/model';
import { ownedBy } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities, Offer } from '../../settings.ts';
import { previewHand } from './preview-hand.ts';
import type { WantedPreview } from './wanted-previews.ts';

/** On a preview: the service whose change it shows. */
export const previewLabel = 'causeway.dev/preview-of';
const changeRequestAnnotation = 'causeway.dev/change-request';
const createdByAnnotation = 'causeway.dev/created-by';

/** Policies and guards see who it is for. */
const actorFor = (person: string | undefined): Actor => ({
  user: 'automation:preview',
  from: previewHand,
  ...(person === undefined ? {} : { onBehalfOf: person }),
});

const servicesOf = (service: Service, { follows }: WantedPreview): EnvironmentService[] => {
  const { name } = service.metadata;
  const beside = (service.spec.previews?.with ?? []).filter(other => other !== name);
  return [{ name, ...follows }, ...beside.map(other => ({ name: other }))];
};

/** As the service says, and no longer than environments may be here. */
const lifetimeOf = ({ lifetime }: { readonly lifetime: string }, { longest }: Offer): string =>
  durationMs(lifetime) > durationMs(longest) ? longest : lifetime;

/** The newest push to the branch of a change; `undefined` when its repository is elsewhere. */
export const lastPushOf = async (
  { repositories }: Capabilities,
  { metadata: { name, namespace = '' } }: Service,
  { branch }: WantedPreview,
): Promise<RecordedPush | undefined> =>
  (await repositories.pushes({ team: namespace, service: name }, branch, 0)).at(-1);

/** Makes the environment of a change. Throws what quota, guards and policies say against it. */
export const createPreview = async (
  capabilities: Capabilities,
  service: Service,
  wanted: WantedPreview,
): Promise<void> => {
  const { engine, guarded } = capabilities;
  const { name, namespace = '' } = service.metadata;
  const { previews } = service.spec;
  if (!previews) return;
  // The author of the change request is told of it, or who pushed the branch last.
  const person = wanted.change?.spec.author ?? (await lastPushOf(capabilities, service, wanted))?.by;
  await guarded.create(
    EnvironmentKind,
    {
      metadata: {
        name: wanted.name,
        namespace,
        labels: { [previewLabel]: name },
        annotations: {
          ...(wanted.change ? { [changeRequestAnnotation]: wanted.change.metadata.name } : {}),
          ...(person === undefined ? {} : { [createdByAnnotation]: person }),
        },
        ownerReferences: [ownedBy(service)],
      },
      spec: {
        type: 'preview',
        purpose: 'preview',
        lifetime: lifetimeOf(previews, capabilities.offer),
        services: servicesOf(service, wanted),
        // Read anew at each attempt to write it.
        get startsAt() {
          return new Date(engine.clock.now()).toISOString();
        },
      },
    },
    actorFor(person),
  );
};

/** A preview follows what its service says of previews, and shows on the change request that its branch has by now. */
export const refreshPreview = async (
  { guarded, offer }: Capabilities,
  service: Service,
  wanted: WantedPreview,
  environment: Environment,
): Promise<void> => {
  const { previews } = service.spec;
  if (!previews) return;
  const lifetime = lifetimeOf(previews, offer);
  const services = servicesOf(service, wanted);
  const change = wanted.change?.metadata.name;
  const { annotations = {} } = environment.metadata;
  const isCurrent =
    environment.spec.lifetime === lifetime &&
    isDeepStrictEqual(environment.spec.services, services) &&
    (change === undefined || annotations[changeRequestAnnotation] === change);
  if (isCurrent) return;
  await guarded.mutate(
    EnvironmentKind,
    keyOf(environment),
    one => ({
      ...one,
      metadata: {
        ...one.metadata,
        annotations: {
          ...one.metadata.annotations,
          ...(change ? { [changeRequestAnnotation]: change } : {}),
        },
      },
      spec: { ...one.spec, lifetime, services },
    }),
    actorFor(annotations[createdByAnnotation]),
  );
};

export const removePreview = async ({ engine }: Capabilities, environment: Environment): Promise<void> => {
  if (environment.metadata.deletionTimestamp) return;
  await engine.store.delete(EnvironmentKind, keyOf(environment), controllerActor('preview')).catch(error => {
    if (!isPlatformError(error, 'NotFound')) throw error;
  });
};

/** The previews of a service that are there. */
export const previewsOf = (
  { engine: { store } }: Capabilities,
  namespace: string,
  service: string,
): readonly Environment[] =>
  store.peekAll(
    EnvironmentKind,
    namespace,
    ({ spec, metadata }) => spec.type === 'preview' && metadata.labels?.[previewLabel] === service,
  );
